namespace Hearth.Compute.Tests.Accelerators;

public abstract partial class AcceleratorConformance
{
    [DeviceTheory]
    [MemberData(nameof(Lengths))]
    public void DotAndNorms_AnyLength_EqualTheReference(int length)
    {
        var (x, y) = (Floats(length), Floats(length));

        var scale = x.Zip(y, (a, b) => Math.Abs((double)a * b)).Sum();
        Assert.Equal(x.Zip(y, (a, b) => (double)a * b).Sum(), Stream.Dot(View(x), View(y)), 1e-12 * (1 + scale));
        var norm = Math.Sqrt(x.Sum(e => (double)e * e));
        Assert.Equal(norm, Stream.Norm(View(x)), 1e-12 * (1 + norm));
        Assert.Equal(x.Select(Math.Abs).DefaultIfEmpty().Max(), Stream.MaxMagnitude(View(x)));
    }

    [DeviceFact]
    public void MaxMagnitude_NaNOrInfinity_IsThat()
    {
        Assert.Equal(float.NaN, Stream.MaxMagnitude(View([1f, float.NaN, float.NegativeInfinity])));
        Assert.Equal(float.PositiveInfinity, Stream.MaxMagnitude(View([1f, float.NegativeInfinity])));
    }

    [DeviceTheory]
    [MemberData(nameof(Lengths))]
    public void CountNonFinite_SomeInEveryType_CountsThem(int length)
    {
        float[] specials = [float.NaN, float.PositiveInfinity, float.NegativeInfinity];
        var x = Floats(length).Select((e, i) => i % 5 == 3 ? specials[i % 3] : e).ToArray();
        var expected = x.Count(e => !float.IsFinite(e));

        Assert.Equal(expected, Stream.CountNonFinite(View(x).Cast<byte>(), DataType.F32));
        Assert.Equal(expected, Stream.CountNonFinite(View(x.Select(e => (double)e).ToArray()).Cast<byte>(), DataType.F64));
        Assert.Equal(expected, Stream.CountNonFinite(View(x.Select(e => (Half)e).ToArray()).Cast<byte>(), DataType.F16));
        var halves = x.Select(e => (ushort)(BitConverter.SingleToUInt32Bits(e) >> 16)).ToArray();
        Assert.Equal(expected, Stream.CountNonFinite(View(halves).Cast<byte>(), DataType.BF16));
    }

    [DeviceFact]
    public void CountNonFinite_LargestNumbers_AreFinite()
    {
        Assert.Equal(0, Stream.CountNonFinite(View([float.MaxValue, float.MinValue, float.Epsilon]).Cast<byte>(), DataType.F32));
        Assert.Equal(0, Stream.CountNonFinite(View([Half.MaxValue, Half.MinValue, Half.Epsilon]).Cast<byte>(), DataType.F16));
    }

    [DeviceFact]
    public void CountNonFinite_Integers_IsRefused() => Assert.Throws<ArgumentException>(() => Stream.CountNonFinite(View(new byte[4]), DataType.I32));

    [DeviceTheory]
    [InlineData(10, 5)]
    [InlineData(2, 2)]
    [InlineData(5, 5)]
    public void ClipNorm_Vector_IsAtMostThatLong(double maxNorm, double expected)
    {
        var view = View([3f, 4f]);

        Assert.Equal(5, Stream.ClipNorm(maxNorm, view));

        Assert.Equal(expected, Stream.Norm(view), 1e-6);
    }

    [DeviceTheory]
    [InlineData(0, 3)]
    [InlineData(1, 1)]
    [InlineData(700, 257)]
    [InlineData(100_000, 2)]
    public void SumRows_AnyShape_EqualsTheReference(int rows, int columns)
    {
        var x = Floats(rows * columns);
        var row = View(new float[columns]);

        Stream.SumRows(View(x), row);

        AssertClose(j => Enumerable.Range(0, rows).Sum(i => (double)x[(i * columns) + j]), Read(row));
    }
}
