using Hearth.Policies.Revisions;

namespace Hearth.Policies.Tests.Revisions;

public sealed class TrafficSplitTests
{
    [Theory]
    [InlineData(100)]
    [InlineData(90, 10)]
    [InlineData(0, 100)]
    [InlineData(99, 1)]
    [InlineData(33, 33, 34)]
    [InlineData(5, 0, 20, 75)]
    public void Choose_AnyHundredInARow_HasEachShareExactly(params int[] shares)
    {
        var random = new Random(1);
        for (var run = 0; run < 50; run++)
        {
            var start = (uint)random.Next(1_000_000);
            var chosen = new int[shares.Length];
            for (var n = start; n < start + 100; n++)
                chosen[TrafficSplit.Choose(shares, n)]++;
            Assert.Equal(shares, chosen);
        }
    }

    [Fact]
    public void Choose_ATenth_IsSpreadOut()
    {
        var hits = Enumerable.Range(0, 1000).Where(n => TrafficSplit.Choose([90, 10], (uint)n) == 1).ToArray();

        Assert.InRange(hits.Zip(hits.Skip(1), (a, b) => b - a).Max(), 1, 20);
    }

    [Fact]
    public void Choose_OneOfTwoKindsOfRequestsInTurn_IsSplitToo()
    {
        // A client that alternates between two calls must not have one of them all on one side.
        var even = Enumerable.Range(0, 100).Count(n => TrafficSplit.Choose([50, 50], (uint)(2 * n)) == 0);

        Assert.Equal(50, even);
    }
}
