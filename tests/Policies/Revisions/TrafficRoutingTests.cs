using Hearth.Api.InferenceFunctions;
using Hearth.Policies.Revisions;
using Hearth.Testing;

namespace Hearth.Policies.Tests.Revisions;

public sealed class TrafficRoutingTests
{
    private const string New = "new";
    private const string Old = "old";

    [Theory]
    [InlineData(null, true, false, New)] // nothing was ever ready: there is nothing to wait for
    [InlineData(New, true, false, New)]
    [InlineData(Old, true, false, Old)] // the one before serves until the latest is warm
    [InlineData(Old, false, false, New)] // from zero no warm-up is needed
    [InlineData(Old, false, true, Old)] // but one that does not load takes no traffic
    [InlineData(Old, true, true, Old)]
    [InlineData(null, false, true, New)]
    [InlineData("gone", true, true, New)] // not in the history any more
    public void Resolve_NoTraffic_GivesAllToTheLatestOrItsStandIn(string? ready, bool isOldWarm, bool hasNewFailed, string served)
    {
        var routes = Resolve([], ready, new() { [New] = new(false, hasNewFailed), [Old] = new(isOldWarm, false) });

        Assert.Equal([new TrafficRoute(New, served, true, 100)], routes);
    }

    [Fact]
    public void Resolve_Split_GivesEachItsShareInOrder() => Assert.Equal(
        [new TrafficRoute(Old, Old, false, 90), new TrafficRoute(New, New, true, 10)],
        Resolve([Named(Old, 90), Latest(10)], New, new() { [New] = new(true, false), [Old] = new(true, false) }));

    [Fact]
    public void Resolve_NamedRevisionIsCold_TakesItsShareAtOnce() => Assert.Equal(
        [new TrafficRoute(Old, Old, false, 100)], Resolve([Named(Old, 100)], New, new() { [New] = new(true, false), [Old] = new(false, false) }));

    [Fact]
    public void Resolve_NamedRevisionDoesNotLoad_LeavesItsShareToTheLatest() => Assert.Equal(
        [new TrafficRoute(Old, New, false, 100)], Resolve([Named(Old, 100)], New, new() { [New] = new(true, false), [Old] = new(false, true) }));

    [Theory]
    [InlineData("fn-missing")]
    [InlineData("other-old")]
    [InlineData("fn-")]
    public void Resolve_NameOfNoRevision_LeavesItsShareToTheLatest(string name) => Assert.Equal(
        [new TrafficRoute(null, New, false, 100)],
        Resolve([new() { Revision = name }], New, new() { [New] = new(true, false), [Old] = new(true, false) }));

    private static TrafficTarget Named(string hash, int percent) => new() { Revision = $"fn-{hash}", Percent = percent };

    private static TrafficTarget Latest(int percent) => new() { Latest = true, Percent = percent };

    private static IReadOnlyList<TrafficRoute> Resolve(TrafficTarget[] traffic, string? ready, Dictionary<string, RevisionFacts> facts)
    {
        var function = new MakeFunction().Build();
        function.Spec.Traffic = traffic;
        return TrafficRouting.Resolve(function, New, ready, hash => facts.TryGetValue(hash, out var known) ? known : null);
    }
}
