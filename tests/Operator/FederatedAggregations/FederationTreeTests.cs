using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Testing;

namespace Hearth.Operator.Tests.FederatedAggregations;

/// <summary>The tree of a federation from the claim of its workers to their return.</summary>
public sealed class FederationTreeTests : IAsyncLifetime
{
    private OperatorWorld _world = null!;
    private FederationProgress _progress = new() { Round = 1, Phase = RoundPhase.Collecting, Clients = 20 };

    public async Task InitializeAsync()
    {
        _world = await OperatorWorld.StartAsync();
        _world.Control.Progress = pod => new() { Id = pod.GetAnnotation(HearthAnnotations.Assignment)!, State = AssignmentState.Running, Federation = SlotOf(pod) == "top" ? _progress : null };
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Reconcile_ManyClients_FillsTheTreeAndTellsTheTop()
    {
        await ServeAsync(warm: 5);

        Assert.Equal(["leaf-1", "leaf-2", "leaf-3", "leaf-4", "top"], (await _world.PodsAsync()).Select(SlotOf).Order());
        Assert.All(await _world.WorkersAsync(), w => Assert.EndsWith(" assigned fa", w, StringComparison.Ordinal));
        var tree = (await _world.FederationStatusAsync()).Tree!;
        Assert.Equal((5, 20, 2, 0), (tree.Aggregators, tree.ExpectedUpdates, tree.Levels, (await _world.FederationStatusAsync()).WorkerStarts));
        var told = Assert.Single(_world.Control.Plans);
        Assert.Equal(((await _world.FederationStatusAsync()).Worker, tree.Version), (told.Key, told.Value.Version));
        Assert.Equal(["top", "leaf-1", "leaf-2", "leaf-3", "leaf-4"], told.Value.Aggregators.Select(a => a.Slot));
    }

    [Fact]
    public async Task Reconcile_WorkersOfTwoNodes_MeetWhereTheyFit()
    {
        await WarmAsync(6);
        foreach (var (pod, i) in (await _world.PodsAsync()).Select((pod, i) => (pod, i)))
            await _world.BindAsync(pod.Name(), $"node-{i % 2}");
        await _world.AddAsync(Federation());

        await _world.SettleFederationAsync();

        var tree = (await _world.FederationStatusAsync()).Tree!;
        Assert.Equal((2, 3), (tree.Nodes, tree.Levels));
        Assert.Equal([2, 2], tree.Slots.Where(s => s.Role != AggregatorRole.Top).CountBy(s => s.Node!).Select(n => n.Value));
        Assert.Equal(2, tree.Slots.Count(s => s.Role == AggregatorRole.Middle));
    }

    [Fact]
    public async Task Reconcile_PoolHasTooFew_StartsTheRestAndCountsThem()
    {
        await ServeAsync(warm: 3);
        await _world.ReadyAllAsync();
        await _world.SettleFederationAsync();

        Assert.Equal(2, (await _world.FederationStatusAsync()).WorkerStarts);
        Assert.Equal(5, (await _world.FederationStatusAsync()).Tree!.Slots.Count(s => s.Ready));
    }

    [Fact]
    public async Task Reconcile_RoundsArePublished_CountsPlacesThatNeededNoStart()
    {
        await ServeAsync(warm: 5);
        _progress = _progress with { Round = 3, ModelVersion = 2, Folded = 40, Tree = [new() { Slot = "leaf-1", Received = 10, BytesOnNode = 70 }, new() { Slot = "leaf-3", BytesAcross = 30 }] };

        await _world.ReconcileFederationAsync();

        var status = await _world.FederationStatusAsync();
        Assert.Equal((10, 0, 70, 30), (status.WorkerReuses, status.WorkerStarts, status.BytesOnNode, status.BytesAcross));
        Assert.Equal(10, status.Tree!.Slots.Single(s => s.Slot == "leaf-1").Received);
    }

    [Fact]
    public async Task Reconcile_TopOfAnEarlierRelease_GetsNoLeaves()
    {
        _world.Control.TakesPlans = false;
        await ServeAsync(warm: 5);

        Assert.Single(await _world.WorkersAsync(), w => w.EndsWith(" assigned fa", StringComparison.Ordinal));
        Assert.True((await _world.ReconcileFederationAsync()).IsSuccess);
    }

    [Fact]
    public async Task Reconcile_NothingChanges_TellsTheTopNothing()
    {
        await ServeAsync(warm: 5);
        _world.Client.Writes.Clear();
        _world.Control.Plans.Clear();

        await _world.ReconcileFederationAsync();

        Assert.Empty(_world.Client.Writes);
        Assert.Empty(_world.Control.Plans);
    }

    [Fact]
    public async Task Reconcile_AnotherOperator_TellsTheTopOnceMoreWithALaterVersion()
    {
        await ServeAsync(warm: 5);
        var version = (await _world.FederationStatusAsync()).Tree!.Version;
        await _world.RestartAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        _world.Control.Plans.Clear();

        await _world.SettleFederationAsync();

        Assert.True(Assert.Single(_world.Control.Plans).Value.Version > version);
        Assert.Equal(5, (await _world.WorkersAsync()).Count(w => w.EndsWith(" assigned fa", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Reconcile_TopRefusesThePlan_SaysSoAndTriesAgain()
    {
        _world.Control.PlanRefusal = "the plan has no top";
        await WarmAsync(5);
        await _world.AddAsync(Federation());
        await _world.ReconcileFederationAsync();
        await _world.ReconcileFederationAsync();
        Assert.False((await _world.ReconcileFederationAsync()).IsSuccess);
        Assert.Contains("the plan has no top", OperatorWorld.Condition((await _world.FederationStatusAsync()).Conditions, "Succeeded").Message, StringComparison.Ordinal);

        _world.Control.PlanRefusal = null;
        await _world.SettleFederationAsync();

        Assert.Single(_world.Control.Plans);
    }

    [Fact]
    public async Task Reconcile_LeafIsDeleted_AnotherTakesItsPlaceAndTheTopIsTold()
    {
        await ServeAsync(warm: 6);
        var lost = (await _world.PodsAsync()).Single(p => SlotOf(p) == "leaf-2").Name();
        await _world.DeleteAsync<V1Pod>(lost);

        await _world.SettleFederationAsync();

        var status = await _world.FederationStatusAsync();
        Assert.Equal((5, 0), (status.Tree!.Slots.Count(s => s.Ready), status.Restarts));
        var told = _world.Control.Plans.Values.Single().Aggregators.Single(a => a.Slot == "leaf-2");
        Assert.NotEqual(lost, told.Pod);
    }

    [Fact]
    public async Task Reconcile_OperatorKilledAfterTheClaims_AssignsTheClaimedWorkers()
    {
        await WarmAsync(9);
        await _world.AddAsync(Federation());
        for (var i = 0; i < 4; i++)
            await _world.ReconcileFederationAsync();
        Assert.Equal(4, (await _world.WorkersAsync()).Count(w => w.EndsWith(" claimed fa", StringComparison.Ordinal)));

        await _world.RestartAsync();
        await _world.SettleFederationAsync();

        Assert.Equal(5, (await _world.WorkersAsync()).Count(w => w.EndsWith(" assigned fa", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Reconcile_NoClientComesBack_ReturnsTheLeavesAfterTheKeepAliveAndTakesThemAgain()
    {
        await ServeAsync(warm: 5);
        _progress = _progress with { Round = 2, Phase = RoundPhase.Selecting, Clients = 0, ModelVersion = 1, Folded = 20 };
        await _world.SettleFederationAsync();
        Assert.DoesNotContain(await _world.WorkersAsync(), w => w.EndsWith("idle", StringComparison.Ordinal));

        _world.Time.Advance(TimeSpan.FromSeconds(30));
        await _world.SettleFederationAsync();
        Assert.Equal(4, (await _world.WorkersAsync()).Count(w => w.EndsWith(" idle", StringComparison.Ordinal)));
        Assert.Equal(["top"], _world.Control.Plans.Values.Single().Aggregators.Select(a => a.Slot));

        _progress = _progress with { Clients = 20 };
        await _world.SettleFederationAsync();
        Assert.Equal(5, (await _world.FederationStatusAsync()).Tree!.Slots.Count(s => s.Ready));
    }

    [Fact]
    public async Task Reconcile_NobodyAsks_NothingRunsUntilARequestComes()
    {
        await ServeAsync(warm: 5);
        Tell(concurrency: 1);
        _progress = _progress with { Round = 2, Phase = RoundPhase.Selecting, Clients = 0, ModelVersion = 1, Folded = 20 };
        await _world.SettleFederationAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(30));
        Tell(concurrency: 0, idleSeconds: 1);
        await _world.SettleFederationAsync();
        Assert.Equal(["top"], (await _world.FederationStatusAsync()).Tree!.Slots.Select(s => s.Slot));

        _world.Time.Advance(TimeSpan.FromSeconds(30));
        Tell(concurrency: 0, idleSeconds: 31);
        await _world.SettleFederationAsync();

        Assert.All(await _world.WorkersAsync(), w => Assert.EndsWith(" idle", w, StringComparison.Ordinal));
        var status = await _world.FederationStatusAsync();
        Assert.Equal(FederatedAggregationConditions.NobodyAsks, OperatorWorld.Condition(status.Conditions, "AggregatorReady").Reason);
        Assert.Equal(FederatedAggregationConditions.WaitingForClients, OperatorWorld.Condition(status.Conditions, "Succeeded").Reason);
        Assert.Equal((0, 2, null), (status.Restarts, status.Round, status.Tree));
        await _world.RestartAsync();
        Assert.Null((await _world.ReconcileFederationAsync()).RequeueAfter);

        Tell(concurrency: 1);
        await _world.SettleFederationAsync();

        Assert.NotNull((await _world.FederationStatusAsync()).Worker);
        Assert.Equal(0, (await _world.FederationStatusAsync()).Restarts);
    }

    /// <summary>What the one gateway knows of the federation's clients.</summary>
    private void Tell(int concurrency, int idleSeconds = 0) => _world.Life.Activity.Record(
    [
        new("gateway", new() { Time = _world.Time.GetUtcNow(), Federations = [new() { Namespace = "default", Name = "fa", Concurrency = concurrency, LastActive = _world.Time.GetUtcNow() - TimeSpan.FromSeconds(idleSeconds) }] }),
    ]);

    [Fact]
    public async Task Reconcile_Suspended_ReturnsTheWholeTree()
    {
        await ServeAsync(warm: 5);
        await _world.PatchAsync<FederatedAggregation>("fa", """{"spec":{"suspend":true}}""");

        await _world.SettleFederationAsync();

        Assert.All(await _world.WorkersAsync(), w => Assert.EndsWith(" idle", w, StringComparison.Ordinal));
        Assert.Null((await _world.FederationStatusAsync()).Tree);
    }

    [Fact]
    public async Task Reconcile_HierarchyChanged_KeepsTheTopAndChangesTheLeaves()
    {
        await ServeAsync(warm: 9);
        var top = (await _world.FederationStatusAsync()).Worker;
        await _world.PatchAsync<FederatedAggregation>("fa", """{"spec":{"hierarchy":{"maxFanIn":4},"maxAggregators":20}}""");

        await _world.SettleFederationAsync();

        var status = await _world.FederationStatusAsync();
        Assert.Equal((top, 6), (status.Worker, status.Tree!.Slots.Count(s => s.Ready)));
    }

    private static FederatedAggregation Federation() => new MakeFederation().Clients(20)
        .Hierarchy(new() { MaxFanIn = 5, NodeCapacity = 10, Levels = HierarchyLevels.Auto, KeepAlive = TimeSpan.FromSeconds(30) }).Build();

    private async Task WarmAsync(int warm) => await _world.AddWarmPoolAsync(new MakePool().Warm(warm));

    private async Task ServeAsync(int warm)
    {
        await WarmAsync(warm);
        await _world.AddAsync(Federation());
        await _world.SettleFederationAsync();
    }

    private static string SlotOf(V1Pod pod) => pod.GetAnnotation(HearthAnnotations.AggregatorSlot) ?? "";
}
