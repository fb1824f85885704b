using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Tests.Accelerators;

public abstract partial class AcceleratorConformance
{
    [DeviceTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Gemm_RandomShapes_EqualTheReference(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 60; i++)
            CheckGemm(new GemmShape(random.Next(40), random.Next(40), random.Next(40), random.Next(2) == 1, random.Next(2) == 1), 1.5f, random.Next(3) - 1);
    }

    [DeviceTheory]
    [InlineData(1, 1, 1)]
    [InlineData(6, 16, 1)]
    [InlineData(12, 32, 256)]
    [InlineData(7, 17, 257)]
    [InlineData(241, 513, 5)]
    [InlineData(1, 700, 300)]
    [InlineData(700, 1, 300)]
    [InlineData(64, 128, 784)]
    [InlineData(301, 275, 33)]
    [InlineData(1030, 1025, 9)]
    public void Gemm_ShapesAtTheEdgesOfTiles_EqualTheReference(int rows, int columns, int depth)
    {
        foreach (var (transposeA, transposeB) in (ReadOnlySpan<(bool, bool)>)[(false, false), (false, true), (true, false), (true, true)])
            CheckGemm(new GemmShape(rows, columns, depth, transposeA, transposeB), 1, 0.5f);
    }

    [DeviceTheory]
    [InlineData(0, 0)]
    [InlineData(3, 0)]
    [InlineData(0, 3)]
    public void Gemm_BetaZero_DoesNotReadTheResult(int depth, float alpha)
    {
        var c = View([float.NaN, float.NaN]);
        var (a, b) = (View(Enumerable.Repeat(1f, 2 * depth).ToArray()), View(Enumerable.Repeat(1f, depth).ToArray()));

        Stream.Gemm(new GemmShape(2, 1, depth), alpha, a, b, 0, c);

        Assert.Equal([alpha * depth, alpha * depth], Read(c));
    }

    [DeviceFact]
    public void Gemm_NaNInARow_ReachesThatRowOnly()
    {
        var c = View(new float[4]);

        Stream.Gemm(new GemmShape(2, 2, 2), 1, View([1f, float.NaN, 1f, 1f]), View([1f, 1f, 1f, 1f]), 0, c);

        Assert.Equal([float.NaN, float.NaN, 2f, 2f], Read(c));
    }

    [DeviceFact]
    public void Gemm_SizesThatDoNotFitTheViews_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => Stream.Gemm(new GemmShape(2, 2, 2), 1, View(new float[4]), View(new float[3]), 0, View(new float[4])));
        Assert.Throws<ArgumentOutOfRangeException>(() => Stream.Gemm(new GemmShape(-2, -2, 2), 1, View(new float[4]), View(new float[4]), 0, View(new float[4])));
    }

    private void CheckGemm(GemmShape shape, float alpha, float beta)
    {
        var (rows, columns, depth) = ((int)shape.Rows, (int)shape.Columns, (int)shape.Depth);
        var (a, b, c) = (Floats(rows * depth), Floats(depth * columns), Floats(rows * columns));
        var view = View(c);

        Stream.Gemm(shape, alpha, View(a), View(b), beta, view);

        var (sums, scales) = (new double[c.Length], new double[c.Length]);
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                for (var k = 0; k < depth; k++)
                {
                    var term = (double)a[shape.TransposeA ? (k * rows) + i : (i * depth) + k] * b[shape.TransposeB ? (j * depth) + k : (k * columns) + j];
                    sums[(i * columns) + j] += term;
                    scales[(i * columns) + j] += Math.Abs(term);
                }
            }
        }
        // Rounding of as many sums as there are terms, at half a unit in the last place each.
        AssertClose(
            i => (alpha * sums[i]) + (beta * (double)c[i]),
            i => Math.Abs(alpha * scales[i]) + Math.Abs(beta * c[i]),
            Read(view),
            (depth + 4) * Math.Pow(2, -24));
    }
}
