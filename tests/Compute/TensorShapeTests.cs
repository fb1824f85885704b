namespace Hearth.Compute.Tests;

public sealed class TensorShapeTests
{
    [Theory]
    [InlineData(new long[0], 1L)]
    [InlineData(new long[] { 1, 3, 240, 320 }, 230_400L)]
    [InlineData(new long[] { 0, long.MaxValue }, 0L)]
    [InlineData(new long[] { 1L << 40, 1 << 22 }, 1L << 62)]
    [InlineData(new[] { long.MaxValue }, long.MaxValue)]
    public void TryCreate_CountFits_CountsElements(long[] dimensions, long expected)
    {
        Assert.True(TensorShape.TryCreate(dimensions, out var shape));
        Assert.Equal(expected, shape.ElementCount);
        Assert.Equal(dimensions.Length, shape.Rank);
    }

    [Theory]
    [InlineData(new long[] { -1 })]
    [InlineData(new long[] { 0, -1 })]
    [InlineData(new long[] { 1L << 32, 1L << 31 })]
    [InlineData(new[] { long.MaxValue, 2 })]
    [InlineData(new[] { 0, long.MaxValue, long.MaxValue })]
    [InlineData(new[] { long.MaxValue, long.MaxValue, long.MaxValue })]
    public void TryCreate_NegativeOrOverflowing_Refuses(long[] dimensions)
    {
        Assert.False(TensorShape.TryCreate(dimensions, out _));
        Assert.Throws<ArgumentException>(() => TensorShape.Of(dimensions));
    }

    [Fact]
    public void Equals_SameDimensions_IsEqual()
    {
        Assert.Equal(TensorShape.Of(2, 3), TensorShape.Of(2, 3));
        Assert.Equal(TensorShape.Of(2, 3).GetHashCode(), TensorShape.Of(2, 3).GetHashCode());
        Assert.NotEqual(TensorShape.Of(2, 3), TensorShape.Of(3, 2));
        Assert.Equal(TensorShape.Scalar, TensorShape.Of());
        Assert.Equal("[2,3]", TensorShape.Of(2, 3).ToString());
    }
}
