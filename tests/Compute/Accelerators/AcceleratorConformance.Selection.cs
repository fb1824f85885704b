namespace Hearth.Compute.Tests.Accelerators;

public abstract partial class AcceleratorConformance
{
    [DeviceTheory]
    [MemberData(nameof(Lengths))]
    public void TopK_AnyLength_GivesTheLargestInOrder(int length)
    {
        var x = Floats(length);

        foreach (var count in new[] { 0, Math.Min(1, length), length / 100, length / 3, length }.Distinct())
            AssertTopK(x, count);
    }

    [DeviceTheory]
    [InlineData(1)]
    [InlineData(40_000)]
    [InlineData(99_999)]
    public void TopK_EqualMagnitudes_TakesTheFirst(int count) =>
        AssertTopK([.. Enumerable.Range(0, 100_000).Select(i => i % 3 == 0 ? -2f : i % 7 == 0 ? 5f : 2f)], count);

    [DeviceFact]
    public void TopK_NaNAndInfinity_AreLargest()
    {
        var (indices, values) = (View(new long[3]), View(new float[3]));

        Stream.TopK(View([float.MaxValue, 1f, float.NegativeInfinity, 0f, float.NaN]), indices, values);

        Assert.Equal([0L, 2L, 4L], Read(indices));
        Assert.Equal([float.MaxValue, float.NegativeInfinity, float.NaN], Read(values));
    }

    [DeviceFact]
    public void TopK_MoreThanThereAre_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Stream.TopK(View(new float[2]), View(new long[3]), View(new float[3])));

    private void AssertTopK(float[] x, int count)
    {
        var (indices, values) = (View(new long[count]), View(new float[count]));

        Stream.TopK(View(x), indices, values);

        var expected = Enumerable.Range(0, x.Length).OrderByDescending(i => Math.Abs(x[i])).ThenBy(i => i).Take(count).Order().ToArray();
        Assert.True(expected.Select(i => (long)i).ToArray().AsSpan().SequenceEqual(Read(indices)));
        AssertSame(expected.Select(i => x[i]), Read(values));
    }
}
