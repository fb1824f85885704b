using Hearth.Compute;
using Hearth.Compute.Accelerators;

namespace Hearth.Benchmarks.Gemm;

/// <summary>Products of matrices on an accelerator, with the vendor's library below it and by own kernels, against that library called directly.</summary>
/// <param name="name">Name on the command line.</param>
/// <param name="open">Makes the accelerator, told whether it may use the library.</param>
/// <param name="peer">The library; null where there is none.</param>
/// <param name="time">What measures.</param>
internal sealed class GemmBenchmark(string name, Func<bool, Accelerator> open, Func<Accelerator, IGemmPeer?> peer, TimeProvider time) : IBenchmark
{
    private const int Rounds = 30;

    // A square one for the peak, and the forward pass, the gradient of the weights and that of the input of a layer of 1024 at a batch of 256.
    private static readonly (string Name, GemmShape Shape)[] Shapes =
    [
        ("square", new(2048, 2048, 2048)),
        ("forward", new(256, 1024, 1024, TransposeB: true)),
        ("weights", new(1024, 1024, 256, TransposeA: true)),
        ("input", new(256, 1024, 1024)),
    ];

    public string Name => name;

    public string Question => "products of matrices of 32-bit floats against the vendor's library, called directly on the same memory";

    public Task<BenchmarkRow> RunAsync(CancellationToken cancel)
    {
        using var accelerator = open(true);
        using var own = open(false);
        Console.WriteLine($"  on {accelerator.Name}");
        var library = peer(accelerator);
        var figures = new List<(string, double)>();
        foreach (var (shapeName, shape) in Shapes)
        {
            cancel.ThrowIfCancellationRequested();
            using var ours = new Product(accelerator, shape);
            using var ownProduct = new Product(own, shape);
            var best = Fastest.Of(time, Rounds, [
                ours.Run, ownProduct.Run, () => ours.RunMixed(DataType.BF16), .. library is null ? (Action[])[] : [() => ours.RunBy(library)]]);
            var operations = 2.0 * ours.Repeats * shape.Rows * shape.Columns * shape.Depth;
            figures.AddRange(
            [
                ($"{shapeName}GFlops", operations / best[0] / 1e9), ($"{shapeName}OwnGFlops", operations / best[1] / 1e9),
                ($"{shapeName}BF16GFlops", operations / best[2] / 1e9),
            ]);
            if (library is null)
                continue;
            figures.AddRange(
            [
                ($"{shapeName}{library.Name}GFlops", operations / best[3] / 1e9),
                ($"{shapeName}Ratio", best[3] / best[0]),
                ($"{shapeName}OwnRatio", best[3] / best[1]),
            ]);
        }
        (library as IDisposable)?.Dispose();
        return Task.FromResult(new BenchmarkRow(figures, []));
    }
}
