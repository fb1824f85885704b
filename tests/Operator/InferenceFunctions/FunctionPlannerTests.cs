using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Operator.InferenceFunctions;
using Hearth.Operator.Workers;
using Hearth.Policies.Scaling;
using Hearth.Testing;

namespace Hearth.Operator.Tests.InferenceFunctions;

public sealed class FunctionPlannerTests
{
    private const string Me = "operator-1";
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(60);

    [Fact]
    public void Plan_MinAboveZero_TakesTheMissingWorkers() =>
        Assert.Equal(2, Plan(Function().Scale(2, 5)).Activate);

    [Fact]
    public void Plan_PreWarmWindow_TakesItsWorkersWithinMaxAndLooksAgainAtItsEnd()
    {
        var plan = FunctionPlanner.Plan(Seen(Function().Scale(0, 2)) with { PreWarm = new(3, TimeSpan.FromMinutes(4), null) });

        Assert.Equal((2, TimeSpan.FromMinutes(4)), (plan.Activate, plan.RecheckAfter));
    }

    [Fact]
    public void Plan_SpareWorkersPay_TakesThem() =>
        Assert.Equal(4, FunctionPlanner.Plan(Seen(Function(), Serving("a")) with { Load = Busy(1), Spare = 5 }).Activate);

    [Fact]
    public void Plan_NoWorkerAndLoad_LeavesTheFirstWorkerToTheGateways() =>
        Assert.Equal(0, FunctionPlanner.Plan(Seen(Function()) with { Load = Busy(500) }).Activate);

    [Fact]
    public void Plan_LoadAboveTheFirstWorker_TakesMore()
    {
        var plan = FunctionPlanner.Plan(Seen(Function().Concurrency(10), Serving("a")) with { Load = Busy(21) });

        Assert.Equal(2, plan.Activate); // ceil(21 / 7) = 3
    }

    [Fact]
    public void Plan_ClaimsOnTheirWay_CountTowardsTheNumber() =>
        Assert.Equal(0, Plan(Function().Scale(2, 5), Serving("a"), Claimed("b", Now)).Activate);

    [Fact]
    public void Plan_Always_StaysBelowMax() =>
        Assert.Equal(1, FunctionPlanner.Plan(Seen(Function().Scale(0, 2).Concurrency(1), Serving("a")) with { Load = Busy(100) }).Activate);

    [Fact]
    public void Plan_NoPool_TakesNone() =>
        Assert.Equal(0, FunctionPlanner.Plan(Seen(Function().Scale(2, 5)) with { PoolExists = false }).Activate);

    [Fact]
    public void Plan_LastTryFailed_WaitsForTheBackOff()
    {
        var plan = FunctionPlanner.Plan(Seen(Function().Scale(1, 5)) with { ActivateFrom = From(MakeWorker.CurrentHash, Now.AddSeconds(10)) });

        Assert.Equal(0, plan.Activate);
        Assert.Equal(TimeSpan.FromSeconds(10), plan.RecheckAfter);
    }

    [Fact]
    public void Plan_KeepAliveOver_ReleasesAll()
    {
        var plan = FunctionPlanner.Plan(Seen(Function(), Serving("a"), Serving("b")) with { Load = Idle(KeepAlive) });

        Assert.Equal([("b", ReleaseReason.Idle), ("a", ReleaseReason.Idle)], Releases(plan));
    }

    [Fact]
    public void Plan_WithinKeepAlive_KeepsTheLastWorkerAndLooksAgainWhenItIsOver()
    {
        var plan = FunctionPlanner.Plan(Seen(Function(), Serving("a")) with { Load = Idle(KeepAlive - TimeSpan.FromSeconds(7)) });

        Assert.Empty(plan.Release);
        Assert.Equal(TimeSpan.FromSeconds(7), plan.RecheckAfter);
    }

    [Fact]
    public void Plan_ClaimedSinceTheLastRequest_CountsAsUsed()
    {
        // The gateway's report is older than the claim that a new request has just made.
        var plan = FunctionPlanner.Plan(Seen(Function(), Worker("a").Assigned("fn", Now.AddSeconds(-1)).Build()) with { Load = Idle(TimeSpan.FromHours(1)) });

        Assert.Empty(plan.Release);
    }

    [Fact]
    public void Plan_GatewayUnreachable_ReleasesNothing()
    {
        var plan = FunctionPlanner.Plan(Seen(Function(), Serving("a"), Serving("b")) with { Load = Idle(TimeSpan.FromHours(1)) with { Coverage = LoadCoverage.Partial } });

        Assert.Empty(plan.Release);
    }

    [Fact]
    public void Plan_LessLoad_ReleasesTheNewest()
    {
        var plan = FunctionPlanner.Plan(Seen(
            Function().Concurrency(10), Worker("old").Assigned("fn", Now.AddMinutes(-9)).Build(), Worker("new").Assigned("fn", Now.AddMinutes(-2)).Build()) with
        {
            Load = Busy(5),
        });

        Assert.Equal([("new", ReleaseReason.ScaledDown)], Releases(plan));
    }

    [Fact]
    public void Plan_LessLoadWhileAWorkerLoads_ReleasesNoServingOne()
    {
        var plan = FunctionPlanner.Plan(Seen(Function().Concurrency(10), Serving("a"), Claimed("b", Now)) with { Load = Busy(5) });

        Assert.Empty(plan.Release);
    }

    [Fact]
    public void Plan_KeepAliveOverWhileAWorkerLoads_NeverReleasesThatOne() =>
        Assert.Empty(FunctionPlanner.Plan(Seen(Function(), Claimed("a", Now.AddMinutes(-5))) with { Load = Idle(TimeSpan.FromHours(1)) }).Release);

    [Fact]
    public void Plan_Suspended_ReleasesAllThatServe()
    {
        var plan = Plan(Function().Scale(1, 3).Suspend(), Serving("a"), Claimed("b", Now));

        Assert.Equal(0, plan.Activate);
        Assert.Equal([("a", ReleaseReason.Suspended)], Releases(plan));
    }

    [Fact]
    public void Plan_WorkerFailed_IsToldAndReleased()
    {
        var plan = Plan(Function(), Worker("a").Failed("fn", Now, new("InvalidModel", "no")).Build());

        Assert.Equal("InvalidModel", plan.Failure?.Reason);
        Assert.Equal([("a", ReleaseReason.Failed)], Releases(plan));
    }

    [Fact]
    public void Plan_PodEnded_IsReleasedAndReplaced()
    {
        var plan = Plan(Function().Scale(1, 1), Worker("a").Assigned("fn", Now).Status(new() { Phase = "Failed" }).Build());

        Assert.Equal([("a", ReleaseReason.Ended)], Releases(plan));
        Assert.Equal(1, plan.Activate);
    }

    [Fact]
    public void Plan_WorkerRestarted_LostItsAssignment()
    {
        var restarted = Worker("a").Assigned("fn", Now.AddMinutes(-1)).Status(new()
        {
            Phase = "Running",
            ContainerStatuses = [new() { RestartCount = 1, State = new() { Running = new() { StartedAt = Now } } }],
        }).Build();

        Assert.Equal([("a", ReleaseReason.Restarted)], Releases(Plan(Function(), restarted)));
    }

    [Fact]
    public void Plan_WorkerRestartedBeforeItWasClaimed_Serves()
    {
        var worker = Worker("a").Assigned("fn", Now).Status(new()
        {
            Phase = "Running",
            ContainerStatuses = [new() { RestartCount = 1, State = new() { Running = new() { StartedAt = Now.AddMinutes(-1) } } }],
        }).Build();

        Assert.Empty(Plan(Function(), worker).Release);
    }

    [Fact]
    public void Plan_ReleaseBrokenOff_GoesOn() =>
        Assert.Equal([("a", ReleaseReason.Draining)], Releases(Plan(Function(), Worker("a").Assigned("fn", Now).State(WorkerState.Draining).Build())));

    [Fact]
    public void Plan_ReleaseUnderWay_IsLeftAlone()
    {
        var worker = Serving("a");

        var plan = FunctionPlanner.Plan(Seen(Function().Suspend(), worker) with { Releasing = new HashSet<string> { worker.Uid() } });

        Assert.Empty(plan.Release);
        Assert.Empty(plan.Serving);
    }

    [Fact]
    public void Plan_AssignmentIsAboutToEnd_CountsTheWorkerAlready()
    {
        var worker = Serving("a");

        var plan = FunctionPlanner.Plan(Seen(Function().Scale(1, 3), worker) with { Assigning = new HashSet<string> { worker.Uid() } });

        Assert.Equal(0, plan.Activate);
    }

    [Fact]
    public void Plan_ChangedFunctionInUse_TakesNewWorkersBeforeOldOnesGo()
    {
        var old = Old();

        var first = FunctionPlanner.Plan(Seen(Function(), old) with { Load = Busy(1) });
        Assert.Equal((1, 0), (first.Activate, first.Release.Count));

        var loading = FunctionPlanner.Plan(Seen(Function(), old, Claimed("new", Now)) with { Load = Busy(1) });
        Assert.Equal((0, 0), (loading.Activate, loading.Release.Count));

        var done = FunctionPlanner.Plan(Seen(Function(), old, Worker("new").Assigned("fn", Now).Build()) with { Load = Busy(1) });
        Assert.Equal([("old", ReleaseReason.Outdated)], Releases(done));
    }

    [Theory]
    [InlineData(3, 1, false)]
    [InlineData(3, 2, false)]
    [InlineData(3, 3, true)]
    [InlineData(1, 1, true)]
    public void Plan_NewRevisionWarms_TakesTheTrafficWithAsManyWorkersAsTheLoadAsksFor(int old, int ready, bool isOver)
    {
        V1Pod[] workers = [.. Enumerable.Range(0, old).Select(i => Old($"old-{i}")), .. Enumerable.Range(0, ready).Select(i => Serving($"new-{i}"))];

        var plan = FunctionPlanner.Plan(Seen(Function().Concurrency(10), workers) with { Load = Busy((7 * old) - 1) });

        Assert.Equal((isOver ? MakeWorker.CurrentHash : "old", isOver ? 0 : old - ready), (plan.Rollout.Ready, plan.Activate));
        Assert.Equal(isOver ? MakeWorker.CurrentHash : "old", Assert.Single(plan.Rollout.Routes).Served);
    }

    [Fact]
    public void Plan_LoadHasGrownBeyondWhatTheOldHas_AsksForNoMoreThanThat()
    {
        // The pool may have no room for what the load asks: that is no reason to keep the old model.
        var plan = FunctionPlanner.Plan(Seen(Function().Concurrency(10), Old(), Serving("new")) with { Load = Busy(69) });

        Assert.Equal(MakeWorker.CurrentHash, plan.Rollout.Ready);
    }

    [Fact]
    public void Plan_OldRevisionHadTrafficAMomentAgo_LingersForTheKeepAliveTime()
    {
        var seen = Seen(Function(), Old(), Serving("new")) with { Load = Busy(1), Ready = MakeWorker.CurrentHash };

        var lingering = FunctionPlanner.Plan(seen with { Routed = From("old", Now.AddSeconds(-50)) });
        Assert.Empty(lingering.Release);
        Assert.Equal(TimeSpan.FromSeconds(10), lingering.RecheckAfter);

        Assert.Equal([("old", ReleaseReason.Outdated)], Releases(FunctionPlanner.Plan(seen with { Routed = From("old", Now - KeepAlive) })));
        // A restarted operator does not know: it lets go.
        Assert.Equal([("old", ReleaseReason.Outdated)], Releases(FunctionPlanner.Plan(seen)));
    }

    [Fact]
    public void Plan_SpecSetBackWhileTheOldLingers_TakesTheTrafficAtOnceAndStartsNone()
    {
        var seen = Seen(Function(), Serving("a"), Old()) with { Load = Busy(1), Ready = "old" };

        var plan = FunctionPlanner.Plan(seen);

        Assert.Equal((MakeWorker.CurrentHash, 0), (plan.Rollout.Ready, plan.Activate));
    }

    [Fact]
    public void Plan_NamedRevisionTakesAll_WarmsIt()
    {
        var function = Function();
        function.Build().Spec.Traffic = [new() { Revision = "fn-old" }];

        var plan = FunctionPlanner.Plan(Seen(function, Serving("a")) with { Load = Busy(1), Ready = MakeWorker.CurrentHash });

        Assert.Equal([KeyValuePair.Create("old", 1)], plan.Activations);
        Assert.Equal(("old", MakeWorker.CurrentHash), (Assert.Single(plan.Rollout.Routes).Served, plan.Rollout.Ready));
    }

    [Fact]
    public void Plan_Split_SharesTheWorkersAndKeepsOneForEach()
    {
        var function = Split(("old", 90), (null, 10));
        V1Pod[] workers = [.. Enumerable.Range(0, 4).Select(i => Old($"old-{i}")), Serving("new")];

        var plan = FunctionPlanner.Plan(Seen(function.Concurrency(10), workers) with { Load = Busy(70), Ready = MakeWorker.CurrentHash });

        Assert.Equal([KeyValuePair.Create("old", 5)], plan.Activations); // 10 workers: 9 and 1
        Assert.Empty(plan.Release);
    }

    [Fact]
    public void Plan_SplitAndTheLoadNotKnown_NeitherTakesNorGives()
    {
        var function = Split(("old", 50), (null, 50));

        var plan = FunctionPlanner.Plan(Seen(function, Old("old-0"), Old("old-1"), Serving("new")) with
        {
            Load = Busy(1) with { Coverage = LoadCoverage.Partial },
            Ready = MakeWorker.CurrentHash,
        });

        Assert.Equal((0, 0), (plan.Activate, plan.Release.Count));
    }

    [Fact]
    public void Plan_ShareOfZero_KeepsOneReadyWhileThereAreOthers()
    {
        var function = Split(("old", 0), (null, 100));

        Assert.Equal([KeyValuePair.Create("old", 1)], FunctionPlanner.Plan(Seen(function, Serving("a")) with { Load = Busy(1) }).Activations);
        Assert.Empty(FunctionPlanner.Plan(Seen(function)).Activations);
    }

    [Fact]
    public void Plan_SplitFromZero_LeavesTheFirstWorkerOfEachToTheGateways() =>
        Assert.Empty(FunctionPlanner.Plan(Seen(Split(("old", 50), (null, 50))) with { Load = Busy(9) }).Activations);

    [Fact]
    public void Plan_NoGpuForBoth_AnOldWorkerGoesForEachThatWaits()
    {
        var seen = Seen(Function().Concurrency(10), Old("old-0"), Old("old-1"), WithoutGpu("new")) with { Load = Busy(13), GpuResource = "nvidia.com/gpu" };

        var plan = FunctionPlanner.Plan(seen);
        Assert.Equal([("old-0", ReleaseReason.Outdated)], Releases(plan));
        Assert.Equal(["new"], plan.Replace.Select(p => p.Name()));

        // Until the scheduler has seen that there is room, no other old one goes for it.
        Assert.Empty(Releases(FunctionPlanner.Plan(seen with { Replaced = new HashSet<string> { "uid-new" } })));
    }

    [Fact]
    public void Plan_NoGpuAndAnOldWorkerLingers_ThatOneGoes()
    {
        var seen = Seen(Function(), Old(), Worker("older").Assigned("fn", Now.AddMinutes(-10), hash: "older").Build(), WithoutGpu("new")) with
        {
            Load = Busy(1),
            GpuResource = "nvidia.com/gpu",
            Routed = From("older", Now),
        };

        Assert.Equal([("older", ReleaseReason.Outdated)], Releases(FunctionPlanner.Plan(seen)));
    }

    [Fact]
    public void Plan_NoCpuForBoth_TheOldStays()
    {
        var seen = Seen(Function(), Old(), WithoutGpu("new")) with { Load = Busy(1), GpuResource = "amd.com/gpu" };

        Assert.Empty(FunctionPlanner.Plan(seen).Release);
    }

    [Fact]
    public void Plan_NoGpuForMoreOfTheOld_GivesThemUpForTheNew()
    {
        var seen = Seen(Function().Concurrency(10), Old(), WithoutGpu("old-1", hash: "old"), WithoutGpu("new")) with { Load = Busy(13), GpuResource = "nvidia.com/gpu" };

        var plan = FunctionPlanner.Plan(seen);

        Assert.Equal([("old-1", ReleaseReason.Stuck), ("old", ReleaseReason.Outdated)], Releases(plan));
        Assert.Equal([KeyValuePair.Create(MakeWorker.CurrentHash, 1)], plan.Activations);
    }

    [Fact]
    public void Plan_NoGpuForAll_MovesTheTrafficWhenTheNewAreAsManyAsTheOld()
    {
        var seen = Seen(Function().Concurrency(10), Old("old-0"), Serving("new-0"), WithoutGpu("new-1")) with { Load = Busy(13), GpuResource = "nvidia.com/gpu" };

        Assert.Equal(MakeWorker.CurrentHash, FunctionPlanner.Plan(seen).Rollout.Ready);
    }

    [Fact]
    public void Plan_SupersededWhileItLoads_LoadsToItsEndAndGoesThen()
    {
        var loading = Worker("a").Claimed("fn", Now.AddMinutes(-2), by: Me, hash: "old").Build();
        var seen = Seen(Function(), loading, Serving("new")) with { Load = Busy(1), Ready = MakeWorker.CurrentHash };

        var plan = FunctionPlanner.Plan(seen);
        Assert.Equal((0, 1), (plan.Release.Count, plan.Assign.Count));

        var loaded = Seen(Function(), Old("a"), Serving("new")) with { Load = Busy(1), Ready = MakeWorker.CurrentHash };
        Assert.Equal([("a", ReleaseReason.Outdated)], Releases(FunctionPlanner.Plan(loaded)));
    }

    [Fact]
    public void Plan_SupersededWithoutANode_IsGivenUp()
    {
        var seen = Seen(Function(), WithoutGpu("a", hash: "older"), Serving("new")) with { Load = Busy(1) };

        Assert.Equal([("a", ReleaseReason.Stuck)], Releases(FunctionPlanner.Plan(seen)));
    }

    [Fact]
    public void Plan_ClaimedByALostOperator_KeepsLoadingWhateverTheLoad()
    {
        // A restarted operator knows no load yet, and has another name than the one that claimed.
        var loading = Worker("a").Claimed("fn", Now.AddMinutes(-14), by: "operator-0").Build();

        var plan = FunctionPlanner.Plan(Seen(Function(), loading) with { Load = Idle(TimeSpan.FromHours(1)) });

        Assert.Equal((0, 1), (plan.Release.Count, plan.Assign.Count));
    }

    [Fact]
    public void Plan_ChangedFunctionFails_KeepsTheOldServing()
    {
        var seen = Seen(Function(), Old(), Worker("bad").Failed("fn", Now, new("InvalidModel", "no")).Build());

        var plan = FunctionPlanner.Plan(seen with { Load = Busy(1), ActivateFrom = From(MakeWorker.CurrentHash, Now.AddSeconds(10)) });

        Assert.Equal([("bad", ReleaseReason.Failed)], Releases(plan));
        Assert.Equal(0, plan.Activate);
    }

    [Fact]
    public void Plan_ClaimedByThisProcessAndReady_IsAssigned() =>
        Assert.Equal(["a"], Plan(Function(), Worker("a").Claimed("fn", Now, by: Me).Build()).Assign.Select(p => p.Name()));

    [Fact]
    public void Plan_ClaimedAndNotReady_Waits() =>
        Assert.Empty(Plan(Function(), new MakeWorker("a").Claimed("fn", Now, by: Me).Build()).Assign);

    [Theory]
    [InlineData(29, 0)]
    [InlineData(30, 1)]
    public void Plan_ClaimedByAnother_IsTakenOverAfterAWhile(int seconds, int expected)
    {
        var plan = Plan(Function(), Claimed("a", Now.AddSeconds(-seconds)));

        Assert.Equal(expected, plan.Assign.Count);
    }

    [Fact]
    public void Plan_ClaimedForTooLong_IsGivenUp() =>
        Assert.Equal([("a", ReleaseReason.Stuck)], Releases(Plan(Function(), Claimed("a", Now - ClaimLimits.GiveUpAfter))));

    [Fact]
    public void Plan_MadeForACallerWhoIsGone_IsGivenUp()
    {
        var pending = new MakeWorker("a").Claimed("fn", Now.AddSeconds(-91)).Build();

        Assert.Equal([("a", ReleaseReason.Stuck)], Releases(FunctionPlanner.Plan(Seen(Function(), pending) with { Load = Idle(KeepAlive) })));
    }

    [Fact]
    public void Plan_WorkerOwnedByThePool_IsAdopted() =>
        Assert.Equal(["b"], Plan(Function(), Serving("a"), Worker("b").OwnedBy("pool-uid").Claimed("fn", Now).Build()).Adopt.Select(p => p.Name()));

    private static FunctionPlan Plan(MakeFunction function, params V1Pod[] workers) => FunctionPlanner.Plan(Seen(function, workers));

    private static FunctionObservation Seen(MakeFunction function, params V1Pod[] workers) => new()
    {
        Function = function.Build(),
        Hash = MakeWorker.CurrentHash,
        Revisions = new Dictionary<string, InferenceFunction> { [MakeWorker.CurrentHash] = function.Build(), ["old"] = function.Build(), ["older"] = function.Build() },
        Ready = workers.Any(p => p.GetAnnotation(HearthAnnotations.FunctionHash) == "old") ? "old" : null,
        Workers = workers,
        PoolExists = true,
        Load = Busy(0),
        KeepAlive = new(KeepAlive),
        Identity = Me,
        Now = Now,
    };

    private static Dictionary<string, DateTimeOffset> From(string hash, DateTimeOffset time) => new() { [hash] = time };

    private static MakeFunction Function() => new MakeFunction().Stored();

    private static MakeWorker Worker(string name) => new MakeWorker(name).OwnedBy("function-uid").Ready();

    private static V1Pod Serving(string name) => Worker(name).Assigned("fn", Now.AddMinutes(-10)).Build();

    private static V1Pod Old(string name = "old") => Worker(name).Assigned("fn", Now.AddMinutes(-10), hash: "old").Build();

    /// <summary>A pod that the scheduler finds no node for.</summary>
    private static V1Pod WithoutGpu(string name, string hash = MakeWorker.CurrentHash) => Worker(name).Claimed("fn", Now, hash: hash).Status(new()
    {
        Phase = "Pending",
        Conditions =
        [
            new() { Type = "PodScheduled", Status = ConditionStatus.False, Reason = "Unschedulable", Message = "0/1 nodes are available: 1 Insufficient nvidia.com/gpu." },
        ],
    }).Build();

    private static MakeFunction Split(params (string? Revision, int Percent)[] shares)
    {
        var function = Function();
        function.Build().Spec.Traffic =
            [.. shares.Select(s => new TrafficTarget { Revision = s.Revision is { } hash ? $"fn-{hash}" : null, Latest = s.Revision is null, Percent = s.Percent })];
        return function;
    }

    private static V1Pod Claimed(string name, DateTimeOffset at) => Worker(name).Claimed("fn", at).Build();

    private static ObservedLoad Busy(double average) => new(average, true, Now, LoadCoverage.Complete);

    private static ObservedLoad Idle(TimeSpan since) => new(0, true, Now - since, LoadCoverage.Complete);

    private static IEnumerable<(string, ReleaseReason)> Releases(FunctionPlan plan) => plan.Release.Select(r => (r.Worker.Name(), r.Reason));
}
