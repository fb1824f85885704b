using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Tests.Accelerators;

public abstract partial class AcceleratorConformance
{
    [DeviceTheory]
    [InlineData(0, 3)]
    [InlineData(1, 1)]
    [InlineData(5, 7)]
    [InlineData(300, 64)]
    [InlineData(3, 10_007)]
    public void LayerNorm_AnyShape_EqualsTheReference(int rows, int columns)
    {
        var (x, gain, bias) = (Floats(rows * columns), Floats(columns), Floats(columns));
        var (result, inPlace) = (View(new float[x.Length]), View(x));

        Stream.LayerNorm(1e-5f, View(gain), View(bias), View(x), result);
        Stream.LayerNorm(1e-5f, View(gain), View(bias), inPlace, inPlace);

        var expected = x.Chunk(columns).SelectMany(row =>
        {
            var mean = row.Average(e => (double)e);
            var inverse = 1 / Math.Sqrt(row.Average(e => (e - mean) * (e - mean)) + 1e-5f);
            return row.Select((e, i) => ((e - mean) * inverse * gain[i]) + bias[i]);
        }).ToArray();
        AssertClose(i => expected[i], i => Math.Abs(expected[i]) + Math.Abs(gain[i % columns]) + Math.Abs(bias[i % columns]), Read(result));
        AssertSame(Read(result), Read(inPlace));
    }

    [DeviceFact]
    public void LayerNorm_NaNInARow_ReachesThatRowOnly()
    {
        var result = View(new float[4]);

        Stream.LayerNorm(1e-5f, View([1f, 1f]), View([0f, 0f]), View([1f, float.NaN, -1f, 1f]), result);

        var read = Read(result);
        Assert.Equal([float.NaN, float.NaN], read[..2]);
        Assert.Equal(1, read[3], 1e-4f);
    }

    [DeviceTheory]
    [InlineData(1, 1, 1, 1, false)]
    [InlineData(2, 3, 5, 4, false)]
    [InlineData(2, 3, 0, 4, false)]
    [InlineData(0, 3, 5, 4, false)]
    [InlineData(3, 17, 17, 33, true)]
    [InlineData(2, 5, 600, 64, true)]
    [InlineData(1, 7, 3, 8, true)]
    [InlineData(1, 2, 1000, 300, false)]
    public void Attention_AnyShape_EqualsTheReference(int heads, int queries, int keys, int width, bool causal)
    {
        var shape = new AttentionShape(heads, queries, keys, width, causal);
        var q = Floats(heads * queries * width).Select(e => e / 30).ToArray();
        var (k, v) = (Floats(heads * keys * width).Select(e => e / 30).ToArray(), Floats(heads * keys * width));
        var result = View(Enumerable.Repeat(float.NaN, q.Length).ToArray());

        Stream.Attention(shape, View(q), View(k), View(v), result);

        var expected = Attention(shape, q, k, v);
        AssertClose(i => expected[i].Sum, i => expected[i].Scale, Read(result), 1e-5);
    }

    [DeviceFact]
    public void Attention_HugeScores_StayFinite()
    {
        var result = View(new float[1]);

        Stream.Attention(new AttentionShape(1, 1, 2, 1, Scale: 1), View([1e18f]), View([1e18f, -1e18f]), View([3f, 5f]), result);

        Assert.Equal([3f], Read(result));
    }

    [DeviceFact]
    public void Attention_SizesThatDoNotFit_AreRefused()
    {
        var view = View(new float[4]);

        Assert.Throws<ArgumentException>(() => Stream.Attention(new AttentionShape(1, 2, 2, 3), view, view, view, View(new float[4])));
        Assert.Throws<ArgumentOutOfRangeException>(() => Stream.Attention(new AttentionShape(-1, 2, 2, -2), view, view, view, View(new float[4])));
    }

    /// <summary>Every element, and the sum of the magnitudes of its terms.</summary>
    private static (double Sum, double Scale)[] Attention(AttentionShape shape, float[] q, float[] k, float[] v)
    {
        var (queries, keys, width) = ((int)shape.Queries, (int)shape.Keys, (int)shape.Width);
        var result = new (double Sum, double Scale)[q.Length];
        for (var row = 0; row < shape.Heads * queries; row++)
        {
            var first = row / queries * keys * width;
            var visible = shape.IsCausal ? Math.Max(0, keys - queries + (row % queries) + 1) : keys;
            var scores = Enumerable.Range(0, visible)
                .Select(key => Enumerable.Range(0, width).Sum(i => (double)q[(row * width) + i] * k[first + (key * width) + i]) / Math.Sqrt(width))
                .ToArray();
            var maximum = scores.DefaultIfEmpty().Max();
            var total = scores.Sum(score => Math.Exp(score - maximum));
            for (var i = 0; i < width; i++)
            {
                for (var key = 0; key < visible; key++)
                {
                    var term = Math.Exp(scores[key] - maximum) / total * v[first + (key * width) + i];
                    var sum = result[(row * width) + i];
                    result[(row * width) + i] = (sum.Sum + term, sum.Scale + Math.Abs(term));
                }
            }
        }
        return result;
    }
}
