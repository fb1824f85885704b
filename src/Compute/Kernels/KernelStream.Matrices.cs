using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Kernels;

/// <content>Products of matrices; a driver with a library for them overrides the method.</content>
internal abstract partial class KernelStream
{
    // From this many rows and columns, tiles of 128 fill a large device too.
    private const int LargeMatrix = 1024;

    private static readonly KernelProgram SmallTiles = new("gemm", "SIDE=4");
    private static readonly KernelProgram LargeTiles = new("gemm", "SIDE=8");

    private protected override void GemmCore(GemmShape shape, float alpha, ArrayView<float> a, ArrayView<float> b, float beta, ArrayView<float> c)
    {
        var large = Math.Min(shape.Rows, shape.Columns) >= LargeMatrix;
        var tile = large ? 128 : 64;
        LaunchBlocks(
            large ? LargeTiles : SmallTiles, "gemm", Blocks(shape.Rows, tile) * Blocks(shape.Columns, tile),
            shape.Rows, shape.Columns, shape.Depth, shape.TransposeA, shape.TransposeB, alpha, a, b, beta, c);
    }
}
