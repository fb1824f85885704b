using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cpu;

/// <content>Products of matrices, tile by tile of the result.</content>
internal sealed unsafe partial class CpuStream
{
    // Of fixed size, so that what OpenBLAS computes does not depend on the number of threads; large enough for its packing to pay.
    private const int BlasRows = 256;
    private const int BlasColumns = 512;

    private protected override void GemmCore(GemmShape shape, float alpha, ArrayView<float> a, ArrayView<float> b, float beta, ArrayView<float> c)
    {
        if (_blas is not null && shape.Rows <= int.MaxValue && shape.Columns <= int.MaxValue && shape.Depth <= int.MaxValue)
            GemmByBlas(_blas, shape, alpha, a, b, beta, c);
        else
            GemmByTiles(shape, alpha, a, b, beta, c);
    }

    private void GemmByBlas(OpenBlas blas, GemmShape shape, float alpha, ArrayView<float> a, ArrayView<float> b, float beta, ArrayView<float> c)
    {
        var strideA = (int)Math.Max(1, shape.TransposeA ? shape.Rows : shape.Depth);
        var strideB = (int)Math.Max(1, shape.TransposeB ? shape.Depth : shape.Columns);
        ForTiles(shape, BlasRows, BlasColumns, (row, rows, column, columns) => blas.Gemm(
            shape.TransposeA, shape.TransposeB, rows, columns, (int)shape.Depth,
            alpha, Pointer(a) + (shape.TransposeA ? row : row * strideA), strideA,
            Pointer(b) + (shape.TransposeB ? column * strideB : column), strideB,
            beta, Pointer(c) + (row * shape.Columns) + column, (int)shape.Columns));
    }

    private void GemmByTiles(GemmShape shape, float alpha, ArrayView<float> a, ArrayView<float> b, float beta, ArrayView<float> c)
    {
        // A tile's size does not change its elements, so small results are cut finer to keep all cores at work.
        var (tileRows, tileColumns) = (GemmTile.FitRows(shape.Rows), GemmTile.FitColumns(shape.Columns));
        while (Tiles(shape, tileRows, tileColumns) < _threads.Count && tileRows * tileColumns > GemmTile.LeastElements)
        {
            if (tileRows > tileColumns)
                tileRows = GemmTile.FitRows((tileRows + 1) / 2);
            else
                tileColumns = GemmTile.FitColumns((tileColumns + 1) / 2);
        }
        ForTiles(shape, tileRows, tileColumns, (row, rows, column, columns) =>
            GemmTile.Compute(shape, alpha, Pointer(a), Pointer(b), beta, Pointer(c), row, rows, column, columns));
    }

    private void ForTiles(GemmShape shape, int tileRows, int tileColumns, Action<long, int, long, int> body)
    {
        var across = (shape.Columns + tileColumns - 1) / tileColumns;
        _threads.ForBlocks(Tiles(shape, tileRows, tileColumns), 1, (tile, _) =>
        {
            var (row, column) = (tile / across * tileRows, tile % across * tileColumns);
            body(row, (int)Math.Min(tileRows, shape.Rows - row), column, (int)Math.Min(tileColumns, shape.Columns - column));
        });
    }

    private static long Tiles(GemmShape shape, int tileRows, int tileColumns) =>
        ((shape.Rows + tileRows - 1) / tileRows) * ((shape.Columns + tileColumns - 1) / tileColumns);
}
