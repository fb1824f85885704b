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
        var plan = FunctionPlanner.Plan(Seen(Function().Scale(1, 5)) with { ActivateFrom = Now.AddSeconds(10) });

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

        Assert.Equal(["a"], plan.Failed.Select(p => p.Name()));
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

    [Fact]
    public void Plan_ChangedFunctionNotInUse_JustReleasesTheOldOnes() =>
        Assert.Equal([("old", ReleaseReason.Outdated)], Releases(FunctionPlanner.Plan(Seen(Function(), Old()) with { Load = Busy(0) })));

    [Fact]
    public void Plan_ChangedFunctionFails_KeepsTheOldServing()
    {
        var seen = Seen(Function(), Old(), Worker("bad").Failed("fn", Now, new("InvalidModel", "no")).Build());

        var plan = FunctionPlanner.Plan(seen with { Load = Busy(1), ActivateFrom = Now.AddSeconds(10) });

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
        Workers = workers,
        PoolExists = true,
        Load = Busy(0),
        KeepAlive = new(KeepAlive),
        Identity = Me,
        Now = Now,
    };

    private static MakeFunction Function() => new MakeFunction().Stored();

    private static MakeWorker Worker(string name) => new MakeWorker(name).OwnedBy("function-uid").Ready();

    private static V1Pod Serving(string name) => Worker(name).Assigned("fn", Now.AddMinutes(-10)).Build();

    private static V1Pod Old() => Worker("old").Assigned("fn", Now.AddMinutes(-10), hash: "old").Build();

    private static V1Pod Claimed(string name, DateTimeOffset at) => Worker(name).Claimed("fn", at).Build();

    private static ObservedLoad Busy(double average) => new(average, true, Now, LoadCoverage.Complete);

    private static ObservedLoad Idle(TimeSpan since) => new(0, true, Now - since, LoadCoverage.Complete);

    private static IEnumerable<(string, ReleaseReason)> Releases(FunctionPlan plan) => plan.Release.Select(r => (r.Worker.Name(), r.Reason));
}
