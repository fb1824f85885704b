using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Operator.FederatedAggregations;
using Hearth.Operator.Workers;
using Hearth.Policies.Aggregation;
using Hearth.Testing;

namespace Hearth.Operator.Tests.FederatedAggregations;

/// <summary>A federation of 20 clients whose aggregators take 5 updates each: four leaves, two on a node.</summary>
public sealed class TreePlannerTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);
    private static readonly V1Pod Top = Serving("t", "top", "a");
    private static readonly V1Pod[] Leaves = [Serving("w1", "leaf-1", "a"), Serving("w2", "leaf-2", "a"), Serving("w3", "leaf-3", "b"), Serving("w4", "leaf-4", "b")];

    [Fact]
    public void Plan_TopServes_TakesEveryLeafAtOnceWhereItBelongs() => Assert.Equal(
        [("leaf-1", "a"), ("leaf-2", "a"), ("leaf-3", "b"), ("leaf-4", "b")], Plan(Seen(Top)).Take.Select(p => (p.Slot, p.Node)));

    [Fact]
    public void Plan_TopIsStillBeingAssigned_TakesNoLeaf() => Assert.Empty(Plan(Seen(Claimed("t", "top", "a").Ready().Build())).Take);

    [Fact]
    public void Plan_TopHasTakenNoPlan_TakesNoLeafAndTellsIt()
    {
        var seen = Seen(Top);

        var plan = Plan(seen with { Tree = seen.Tree with { ToldTo = "another" } });

        Assert.Empty(plan.Take);
        Assert.NotNull(plan.Wire);
    }

    [Fact]
    public void Plan_TopIsBeingReplaced_KeepsEveryLeaf()
    {
        var plan = Plan(Seen(Leaves));

        Assert.Empty(plan.Release);
        Assert.Empty(plan.Take);
        Assert.Null(plan.Wire);
        Assert.Equal(5, plan.Places.Count);
    }

    [Fact]
    public void Plan_LeafIsClaimedAndReady_AdoptsAndAssigns()
    {
        var leaf = Claimed("w1", "leaf-1", "a").Ready().Build();

        var plan = Plan(Seen(Top, leaf));

        Assert.Equal([leaf], plan.Adopt);
        Assert.Equal([leaf], plan.Assign);
        Assert.Equal(["leaf-2", "leaf-3", "leaf-4"], plan.Take.Select(p => p.Slot));
    }

    [Fact]
    public void Plan_AllAreThere_TellsTheTopWhoFeedsWhom()
    {
        var plan = Plan(Seen([Top, .. Leaves]));

        Assert.Equal(
            [("top", "t", null), ("leaf-1", "w1", "top"), ("leaf-2", "w2", "leaf-1"), ("leaf-3", "w3", "top"), ("leaf-4", "w4", "leaf-3")],
            plan.Wire!.Aggregators.Select(a => (a.Slot, a.Pod, a.Parent)));
        Assert.Equal(("a", "127.0.0.1:8080", "assignment-of-w1"), (plan.Wire.Aggregators[1].Node, plan.Wire.Aggregators[1].Address, plan.Wire.Aggregators[1].AssignmentId));
        Assert.Empty(plan.Take);
        Assert.Empty(plan.Release);
    }

    [Fact]
    public void Plan_MiddleIsNotReady_ItsLeafFeedsTheTop() => Assert.Equal(
        [("top", null), ("leaf-2", "top")], Plan(Seen(Top, Claimed("w1", "leaf-1", "a").Build(), Leaves[1])).Wire!.Aggregators.Select(a => (a.Slot, a.Parent)));

    [Fact]
    public void Plan_LeafIsLost_TakesAnotherForItsPlaceOnItsNode()
    {
        var ended = Claimed("w4", "leaf-4", "b").Status(new() { Phase = "Failed" }).Build();

        var plan = Plan(Seen([Top, .. Leaves[..3], ended]));

        Assert.Equal([("leaf-4", "b")], plan.Take.Select(p => (p.Slot, p.Node)));
        Assert.Equal([("w4", ReleaseReason.Ended)], Releases(plan));
        Assert.Equal([ended], plan.Lost);
        Assert.Equal(4, plan.Wire!.Aggregators.Count);
    }

    [Fact]
    public void Plan_LeavesAreLostAgainAndAgain_WaitsUntilTheGateOpens()
    {
        var seen = Seen(Top);

        var plan = Plan(seen with { Tree = seen.Tree with { TakeFrom = Now + TimeSpan.FromSeconds(4) } });

        Assert.Empty(plan.Take);
        Assert.Equal(TimeSpan.FromSeconds(4), plan.RecheckAfter);
    }

    [Fact]
    public void Plan_LeafAnswersNoMore_IsReleasedAsSilent()
    {
        var seen = Seen([Top, .. Leaves]);

        var plan = Plan(seen with { Reports = new Dictionary<string, AggregatorAnswer>(seen.Reports) { [Leaves[0].Uid()] = new(null, "no answer", IsSilent: true) } });

        Assert.Equal([("w1", ReleaseReason.Silent)], Releases(plan));
        Assert.Equal(["leaf-1"], plan.Take.Select(p => p.Slot));
    }

    [Fact]
    public void Plan_NodeIsGone_KeepsItsLeavesWhileTheirPodsLive()
    {
        var seen = Seen([Top, .. Leaves]);

        var plan = Plan(seen with { Tree = seen.Tree with { Nodes = [new("a", 10)] } });

        Assert.Empty(plan.Take);
        Assert.Empty(plan.Release);
    }

    [Fact]
    public void Plan_TwoInOnePlace_GivesTheSecondBack() =>
        Assert.Equal([("w9", ReleaseReason.ScaledDown)], Releases(Plan(Seen([Top, .. Leaves, Claimed("w9", "leaf-1", "a").Ready().Build()]))));

    [Fact]
    public void Plan_SpecChanged_ReplacesLeaves() => Assert.Equal(
        [("w1", ReleaseReason.Outdated)], Releases(Plan(Seen(Top, Claimed("w1", "leaf-1", "a", hash: "other").Ready().Serving(Now).OwnedBy("federation-uid").Build()))));

    [Fact]
    public void Plan_FewerUpdates_LeavesTheTreeAtOnceAndGoesAfterTheKeepAliveInALaterRound()
    {
        var seen = Seen([Top, .. Leaves], new() { Round = 3, Phase = RoundPhase.Collecting, Clients = 20 });
        seen.Federation.Spec.Clients.MinPerRound = 5;
        seen = seen with { Tree = seen.Tree with { Arrivals = new(8) } };

        var first = Plan(seen);
        var since = first.Unneeded.ToDictionary(p => p.Uid(), _ => (Now, 3));
        var later = seen with { Now = Now + KeepAlive, Tree = seen.Tree with { Unneeded = since } };
        var nextRound = Plan(later with { Reports = Report(new() { Round = 4, Phase = RoundPhase.Collecting, Clients = 20 }) });
        var nextRoundTooSoon = Plan(seen with { Tree = later.Tree, Reports = Report(new() { Round = 4, Phase = RoundPhase.Collecting, Clients = 20 }) });

        Assert.Equal(["w3", "w4"], first.Unneeded.Select(p => p.Name()).Order());
        Assert.Equal(["top", "leaf-1", "leaf-2"], first.Wire!.Aggregators.Select(a => a.Slot));
        Assert.Empty(first.Release);
        Assert.Empty(Plan(later).Release);
        Assert.Empty(nextRoundTooSoon.Release);
        Assert.Equal([("w3", ReleaseReason.ScaledDown), ("w4", ReleaseReason.ScaledDown)], Releases(nextRound).Order());
    }

    [Fact]
    public void Plan_MoreUpdates_TakesMoreLeaves()
    {
        var seen = Seen([Top, .. Leaves]);

        Assert.Equal(["leaf-5", "leaf-6"], Plan(seen with { Tree = seen.Tree with { Arrivals = new(30) } }).Take.Select(p => p.Slot));
    }

    [Fact]
    public void Plan_WaitsForClientsLongerThanTheKeepAlive_GivesEveryLeafBack()
    {
        var seen = Seen([Top, .. Leaves], new() { Round = 3, Phase = RoundPhase.Selecting, Clients = 1 });

        var waits = Plan(seen with { Tree = seen.Tree with { WaitingSince = Now - KeepAlive + TimeSpan.FromSeconds(1) } });
        var idle = Plan(seen with { Tree = seen.Tree with { WaitingSince = Now - KeepAlive } });

        Assert.Empty(waits.Release);
        Assert.Equal(4, idle.Release.Count(r => r.Reason == ReleaseReason.Idle));
        Assert.Equal(["top"], idle.Wire!.Aggregators.Select(a => a.Slot));
    }

    [Theory]
    [InlineData(true, false, ReleaseReason.Suspended)]
    [InlineData(false, true, ReleaseReason.Completed)]
    public void Plan_FederationIsOver_GivesEveryLeafBack(bool isSuspended, bool isComplete, object reason)
    {
        var seen = Seen([Top, .. Leaves]);
        seen.Federation.Spec.Suspend = isSuspended;
        if (isComplete)
            seen = seen with { Reports = Report(new() { Round = 10, Phase = RoundPhase.Published }, AssignmentState.Succeeded) };

        Assert.All(Releases(Plan(seen)), r => Assert.Equal(reason, r.Item2));
        Assert.Equal(4, Plan(seen).Release.Count);
    }

    [Fact]
    public void Plan_LeafIsThere_TheTopIsPlannedAsIfItWereNot() =>
        Assert.True(FederationPlanner.Plan(Seen(Leaves)).Take);

    [Fact]
    public void Plan_FewClients_NeedsNoLeaf()
    {
        var seen = Seen(Top);
        seen.Federation.Spec.Clients.MinPerRound = 5;

        Assert.Equal(["top"], Plan(seen with { Reports = Report(new() { Round = 1, Clients = 5 }) }).Places.Select(p => p.Slot));
    }

    private static TreePlan Plan(FederationObservation seen) => TreePlanner.Plan(seen, FederationPlanner.Plan(seen));

    private static FederationObservation Seen(params V1Pod[] workers) => Seen(workers, new() { Round = 1, Phase = RoundPhase.Collecting, Clients = 20 });

    private static FederationObservation Seen(V1Pod[] workers, FederationProgress progress) => new()
    {
        Federation = new MakeFederation("f").Clients(20).Hierarchy(new() { MaxFanIn = 5, NodeCapacity = 10, Levels = HierarchyLevels.Auto, KeepAlive = KeepAlive }).Stored().Build(),
        Before = null,
        Hash = MakeWorker.CurrentHash,
        Workers = workers,
        Reports = Report(progress),
        PoolExists = true,
        Tree = new() { ToldTo = "assignment-of-t", Nodes = [new("a", 10), new("b", 10), new("c", 10)] },
        Now = Now,
    };

    private static Dictionary<string, AggregatorAnswer> Report(FederationProgress progress, AssignmentState state = AssignmentState.Running) =>
        new() { [Top.Uid()] = new(new() { State = state, Federation = progress }) };

    private static MakeWorker Claimed(string name, string slot, string node, string hash = MakeWorker.CurrentHash) =>
        new MakeWorker(name).Claimed(HearthLabels.Federation, "f", Now, HearthAnnotations.FederationHash, hash).Slot(slot, node);

    private static V1Pod Serving(string name, string slot, string node) => Claimed(name, slot, node).Ready().Serving(Now).OwnedBy("federation-uid").Build();

    private static IEnumerable<(string, ReleaseReason)> Releases(TreePlan plan) => plan.Release.Select(r => (r.Worker.Name(), r.Reason));
}
