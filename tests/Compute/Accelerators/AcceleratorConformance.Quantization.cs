namespace Hearth.Compute.Tests.Accelerators;

public abstract partial class AcceleratorConformance
{
    [DeviceTheory]
    [MemberData(nameof(Lengths))]
    public void Quantize_AnyLength_EqualsTheReferenceBitByBit(int length)
    {
        var x = Floats(length);
        var (nearest, stochastic) = (View(new sbyte[length]), View(new sbyte[length]));
        var restored = View(new float[length]);

        Stream.Quantize(0.3f, null, View(x), nearest);
        Stream.Quantize(0.3f, 7, View(x), stochastic);
        Stream.Dequantize(0.3f, nearest, restored);

        var inverse = 1 / 0.3f;
        var rounded = x.Select(e => (sbyte)Math.Clamp(MathF.Round(e * inverse), -127, 127)).ToArray();
        Assert.True(rounded.AsSpan().SequenceEqual(Read(nearest)));
        Assert.True(x.Select((e, i) => Stochastic(e, inverse, 7, i)).ToArray().AsSpan().SequenceEqual(Read(stochastic)));
        AssertSame(rounded.Select(q => 0.3f * q), Read(restored));
    }

    [DeviceFact]
    public void Quantize_Stochastically_IsRightOnAverage()
    {
        const int Length = 100_000;
        var result = View(new sbyte[Length]);

        Stream.Quantize(1, 42, View(Enumerable.Repeat(0.3f, Length).ToArray()), result);

        // Six standard deviations of the mean of so many coins.
        Assert.Equal(0.3, Read(result).Average(q => q), 6 * Math.Sqrt(0.3 * 0.7 / Length));
    }

    [DeviceFact]
    public void Quantize_NaNAndBeyondTheRange_AreZeroAndTheEnds()
    {
        float[] x = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e30f, -1e30f, 127.4f, -127.4f, 2.5f, 3.5f, -0f];
        var (nearest, stochastic) = (View(new sbyte[x.Length]), View(new sbyte[x.Length]));

        Stream.Quantize(1, null, View(x), nearest);
        Stream.Quantize(1, 1, View(x), stochastic);

        Assert.Equal([0, 127, -127, 127, -127, 127, -127, 2, 4, 0], Read(nearest));
        Assert.Equal([0, 127, -127, 127, -127], Read(stochastic)[..5]);
    }

    [DeviceTheory]
    [InlineData(0f)]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Quantize_ScaleThatIsNone_IsRefused(float scale)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Stream.Quantize(scale, null, View(new float[1]), View(new sbyte[1])));
        Assert.Throws<ArgumentOutOfRangeException>(() => Stream.Dequantize(scale, View(new sbyte[1]), View(new float[1])));
    }

    /// <summary>Splitmix64 from its paper, once more.</summary>
    private static sbyte Stochastic(float x, float inverseScale, ulong seed, int index)
    {
        var z = seed + (0x9e3779b97f4a7c15 * ((ulong)index + 1));
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        var drawn = (float)(((z ^ (z >> 31)) >> 40) / Math.Pow(2, 24));
        return (sbyte)Math.Clamp(MathF.Floor(MathF.FusedMultiplyAdd(x, inverseScale, drawn)), -127, 127);
    }
}
