using FsCheck;
using FsCheck.Fluent;
using Hearth.Policies.Placement;

namespace Hearth.Policies.Tests.Placement;

public sealed class ClaimOrderTests
{
    [Fact]
    public void Rank_Always_PrefersArtifactThenZoneThenFragmentationThenPriceThenCrowd()
    {
        ClaimCandidate[] idle =
        [
            new("crowd", "b", false, 1, 1), new("crowd", "b", false, 1, 1), new("cheap", "b", false, 1, 0.5), new("tight", "b", false, 0, 9),
            new("near", "a", false, 5, 9), new("holder", "b", true, 9, 9),
        ];

        var ranked = ClaimOrder.Rank(idle, c => c, "a", new Random(1));

        Assert.Equal(["holder", "near", "tight", "cheap", "crowd", "crowd"], ranked.Select(c => c.Node));
    }

    [Fact]
    public void Rank_NothingKnown_TakesFromTheNodeWithMostIdleWorkers()
    {
        var ranked = ClaimOrder.Rank(["a", "b", "b", "c", "b", "c"], node => new(node, null, false), null, new Random(3));

        Assert.Equal(["b", "b", "b", "c", "c", "a"], ranked);
    }

    [Fact]
    public void Rank_AnyWorkers_AreAllThereAndHoldersFirst() => Prop.ForAll(
        Gen.Choose(0, 9).ListOf().ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (nodes, seed) =>
        {
            var ranked = ClaimOrder.Rank(nodes, n => new($"node-{n}", null, n % 3 == 0), null, new Random(seed));
            return ranked.Order().SequenceEqual(nodes.Order()) && !ranked.SkipWhile(n => n % 3 == 0).Any(n => n % 3 == 0);
        }).QuickCheckThrowOnFailure();
}
