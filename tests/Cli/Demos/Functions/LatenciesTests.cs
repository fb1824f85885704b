using Hearth.Cli.Demos.Functions;

namespace Hearth.Cli.Tests.Demos.Functions;

public sealed class LatenciesTests
{
    [Theory]
    [InlineData(0.5, 50)]
    [InlineData(0.99, 99)]
    [InlineData(1, 100)]
    [InlineData(0, 1)]
    public void Quantile_OfHundredValues_IsTheNearestRank(double quantile, double expected) =>
        Assert.Equal(expected, Latencies.Quantile([.. Enumerable.Range(1, 100).Select(i => (double)i).Reverse()], quantile));

    [Theory]
    [InlineData(new double[] { 3 }, 3)]
    [InlineData(new double[] { 1, 9, 2 }, 2)]
    [InlineData(new double[] { 4, 1, 2, 3 }, 2.5)]
    public void Median_OfValues_IsTheMiddle(double[] values, double expected) => Assert.Equal(expected, Latencies.Median(values));

    [Fact]
    public void Quantile_OfNothing_Throws() => Assert.Throws<ArgumentException>(() => Latencies.Quantile([], 0.5));
}
