using Hearth.Cli.Demos.Federated;

namespace Hearth.Cli.Tests.Demos.Federated;

public sealed class DirichletShardsTests
{
    private static readonly int[] Labels = [.. Enumerable.Range(0, 8000).Select(i => i % 10)];

    [Fact]
    public void Deal_AnyChance_GivesEveryExampleToOneClient()
    {
        var shards = DirichletShards.Deal(Labels, 20, 0.3, minimum: 10, new(5));

        Assert.Equal(20, shards.Count);
        Assert.Equal(Enumerable.Range(0, Labels.Length), shards.SelectMany(s => s).Order());
        Assert.All(shards, shard => Assert.True(shard.Count >= 10));
    }

    [Fact]
    public void Deal_SameSeed_DealsTheSame() => Assert.Equal(
        DirichletShards.Deal(Labels, 5, 0.3, 1, new(5)), DirichletShards.Deal(Labels, 5, 0.3, 1, new(5)));

    [Fact]
    public void Deal_SmallerAlpha_SkewsLabelsMore()
    {
        Assert.True(LargestShare(0.1) > 0.4, $"{LargestShare(0.1)}");
        Assert.True(LargestShare(1000) < 0.15, $"{LargestShare(1000)}");

        // The share of a client's most frequent label, on average.
        static double LargestShare(double alpha) => DirichletShards.Deal(Labels, 10, alpha, 1, new(5))
            .Average(shard => (double)shard.GroupBy(i => Labels[i]).Max(g => g.Count()) / shard.Count);
    }

    [Fact]
    public void Deal_TooFewExamples_SaysSo()
    {
        var fault = Assert.Throws<CommandException>(() => DirichletShards.Deal([0, 1, 2], 2, 0.3, minimum: 2, new(5)));

        Assert.Contains("3 examples are too few for 2 clients", fault.Message, StringComparison.Ordinal);
    }
}
