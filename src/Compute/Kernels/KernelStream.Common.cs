namespace Hearth.Compute.Kernels;

/// <content>What workers begin with.</content>
internal abstract partial class KernelStream
{
    private static readonly int[] FoldCounts = [1, 2, 4, 8];

    /// <summary>A kernel of every program that an aggregator or a trainer of 32-bit floats begins with; the others of a program come with it.</summary>
    public static IReadOnlyList<(KernelProgram Program, string Name)> CommonKernels(int loadsUnderWay) =>
    [
        (Elementwise, "scale"),
        (ReductionProgram, "dot_blocks"),
        (OptimizerProgram, "adam"),
        (SoftmaxProgram, "softmax_short"),
        (SmallTiles, "gemm"),
        (LargeTiles, "gemm"),
        .. FoldCounts.SelectMany(count => new[] { FoldProgram("float", count, 2, loadsUnderWay, "0u"), FoldProgram("double", count, 2, loadsUnderWay, "0u") })
            .Select(program => (program, "fold")),
    ];
}
