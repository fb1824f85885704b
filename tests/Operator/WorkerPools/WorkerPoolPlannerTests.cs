using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Operator.WorkerPools;
using Hearth.Testing;

namespace Hearth.Operator.Tests.WorkerPools;

public sealed class WorkerPoolPlannerTests
{
    private const string Hash = "current";
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Plan_EmptyPool_FillsFromTheFirstNumber() => Assert.Equal(["p-0", "p-1", "p-2"], Plan(3).Create);

    [Fact]
    public void Plan_FullPool_DoesNothing()
    {
        var plan = Plan(2, Idle(0), Idle(1));

        Assert.Empty(plan.Create);
        Assert.Empty(plan.Delete);
        Assert.Equal(new PoolCounts(Idle: 2, Starting: 0, Claimed: 0, Assigned: 0), plan.Counts);
        Assert.Null(plan.RecheckAfter);
    }

    [Fact]
    public void Plan_WorkersOnTheirWay_CountTowardsTheSize()
    {
        var plan = Plan(2, Idle(0), Starting(1));

        Assert.Empty(plan.Create);
        Assert.Equal(new PoolCounts(1, 1, 0, 0), plan.Counts);
    }

    [Fact]
    public void Plan_ClaimedAndAssignedWorkers_DoNotCountTowardsTheSize()
    {
        var plan = Plan(
            1, Worker(0).Ready().Claimed("f", Now).Build(), Worker(1).Ready().Assigned("f", Now).Build(),
            Worker(2).Ready().Assigned("f", Now).State(WorkerState.Draining).Build());

        Assert.Equal(["p-3"], plan.Create);
        Assert.Equal(new PoolCounts(0, 0, Claimed: 1, Assigned: 2), plan.Counts);
    }

    [Theory]
    [InlineData(WorkerState.Claimed, 0.0, 2000)]
    [InlineData(WorkerState.Claimed, 1.0, 1000)]
    [InlineData(WorkerState.Claimed, 2.0, null)]
    [InlineData(WorkerState.Claimed, -1.0, null)]
    [InlineData(WorkerState.Assigned, 0.0, 1250)]
    [InlineData(WorkerState.Assigned, 1.0, 250)]
    [InlineData(WorkerState.Assigned, 2.0, null)]
    [InlineData(WorkerState.Assigned, -1.0, null)]
    [InlineData(WorkerState.Failed, 0.0, null)]
    [InlineData(WorkerState.Draining, 0.0, null)]
    public void Plan_WorkerIsOnItsWayToServe_RefillsAfterIt(string state, double secondsAgo, int? waitMs)
    {
        var worker = Worker(0).Ready().Assigned("f", Now.AddSeconds(-secondsAgo), new() { Time = Now.AddSeconds(-secondsAgo) }).State(state).Build();

        var plan = Plan(2, worker, Idle(1));

        Assert.Equal(waitMs is null ? ["p-2"] : [], plan.Create);
        Assert.Equal(waitMs, plan.RecheckAfter?.TotalMilliseconds);
    }

    [Fact]
    public void Plan_LastIdleWorkerIsClaimed_RefillsAtOnce()
    {
        var plan = Plan(2, Worker(0).Ready().Claimed("f", Now).Build(), Worker(1).Ready().Claimed("g", Now).Build());

        Assert.Equal(["p-2", "p-3"], plan.Create);
        Assert.Null(plan.RecheckAfter);
    }

    [Fact]
    public void Plan_PodWasMadeForItsClaimAndStarts_RefillsAtOnce() =>
        Assert.Equal(["p-2"], Plan(2, Worker(0).Claimed("f", Now).Build(), Idle(1)).Create);

    [Fact]
    public void Plan_NamesTaken_UsesTheSmallestFreeOnes()
    {
        var plan = WorkerPoolPlanner.Plan(Seen(4, Idle(1), Worker(3).Ready().Deleting(Now).Build()) with { TakenNames = new HashSet<string> { "p-0" } });

        Assert.Equal(["p-2", "p-4", "p-5"], plan.Create);
    }

    [Fact]
    public void Plan_TooManyIdle_RemovesTheUnreadyThenTheNewest()
    {
        var plan = Plan(
            1, Worker(0).Ready().Created(Now.AddMinutes(-9)).Build(), Worker(1).Ready().Created(Now.AddMinutes(-1)).Build(),
            Worker(2).Created(Now.AddMinutes(-20)).Build());

        Assert.Equal(["p-2", "p-1"], plan.Delete.Select(r => r.Pod.Name()));
        Assert.All(plan.Delete, r => Assert.Equal(RemovalReason.Excess, r.Reason));
    }

    [Fact]
    public void Plan_NoWarmWorkersWanted_RemovesAllIdleOnes() => Assert.Equal(2, Plan(0, Idle(0), Starting(1)).Delete.Count);

    [Fact]
    public void Plan_PodEnded_ReplacesItUnderANewName()
    {
        var plan = Plan(1, Evicted(0));

        Assert.Equal([RemovalReason.Ended], plan.Delete.Select(r => r.Reason));
        Assert.Equal(["p-1"], plan.Create);
        Assert.Equal("Evicted: no disk left", plan.Failing!.Problem.ToString());
    }

    [Fact]
    public void Plan_PodEndedAndBackOffRuns_WaitsAndKeepsItsPlace()
    {
        var plan = WorkerPoolPlanner.Plan(Seen(1, Evicted(0)) with { ReplaceFrom = Now.AddSeconds(10) });

        Assert.Empty(plan.Delete);
        Assert.Empty(plan.Create);
        Assert.Equal(TimeSpan.FromSeconds(10), plan.RecheckAfter);
    }

    [Theory]
    [InlineData("ImagePullBackOff", true)]
    [InlineData("CrashLoopBackOff", true)]
    [InlineData("ContainerCreating", false)]
    public void Plan_ContainerWaits_IsFailingUnlessItIsOnItsWay(string reason, bool isFailing)
    {
        var pod = Worker(0).Status(new() { Phase = "Pending", ContainerStatuses = [new() { State = new() { Waiting = new() { Reason = reason, Message = "why" } } }] }).Build();

        var plan = Plan(1, pod);

        Assert.Equal(isFailing, plan.Failing is not null);
        Assert.Empty(plan.Delete);
    }

    [Fact]
    public void Plan_TemplateChanged_ReplacesOneReadyWorkerAtATime()
    {
        var plan = Plan(3, Old(0), Old(1), Old(2));

        Assert.Equal([RemovalReason.Outdated], plan.Delete.Select(r => r.Reason));
        Assert.Equal(["p-3"], plan.Create);
    }

    [Fact]
    public void Plan_TemplateChangedAndANewWorkerStarts_Waits()
    {
        var plan = Plan(3, Old(0), Old(1), Starting(3));

        Assert.Empty(plan.Delete);
        Assert.Empty(plan.Create);
    }

    [Fact]
    public void Plan_TemplateChangedAndOldOnesDoNotStart_ReplacesThoseAtOnce()
    {
        var plan = Plan(3, Worker(0).TemplateHash("old").Build(), Worker(1).TemplateHash("old").Build(), Idle(2));

        Assert.Equal(["p-0", "p-1"], plan.Delete.Select(r => r.Pod.Name()));
        Assert.Equal(["p-3", "p-4"], plan.Create);
    }

    [Fact]
    public void Plan_IdleWorkerOfAnotherOwner_IsAdopted() =>
        Assert.Equal(["p-0"], Plan(1, Worker(0).Ready().OwnedBy("gone").Build()).Adopt.Select(p => p.Name()));

    [Fact]
    public void Plan_OwnerDoesNotExist_IsAnOrphan()
    {
        var orphan = Worker(0).Ready().Assigned("gone", Now.AddMinutes(-1)).Build();

        var plan = PlanOrphan(orphan, Worker(1).Ready().Assigned("there", Now.AddMinutes(-1)).Build());

        Assert.Equal(["p-0"], plan.Orphans.Select(p => p.Name()));
    }

    [Fact]
    public void Plan_ClaimIsFresh_WaitsForItsOwnerToAppear()
    {
        var plan = PlanOrphan(Worker(0).Ready().Claimed("new", Now.AddSeconds(-10)).Build());

        Assert.Empty(plan.Orphans);
        Assert.Equal(TimeSpan.FromSeconds(20), plan.RecheckAfter);
    }

    [Fact]
    public void Plan_OrphanIsBeingReleased_LeavesItAlone()
    {
        var orphan = Worker(0).Ready().Assigned("gone", Now.AddMinutes(-1)).Build();

        var seen = Seen(0, orphan) with { Orphans = new HashSet<string> { orphan.Uid() }, Releasing = new HashSet<string> { orphan.Uid() } };

        Assert.Empty(WorkerPoolPlanner.Plan(seen).Orphans);
    }

    private static PoolPlan PlanOrphan(V1Pod orphan, params V1Pod[] others) =>
        WorkerPoolPlanner.Plan(Seen(0, [orphan, .. others]) with { Orphans = new HashSet<string> { orphan.Uid() } });

    private static PoolPlan Plan(int warm, params V1Pod[] pods) => WorkerPoolPlanner.Plan(Seen(warm, pods));

    private static PoolObservation Seen(int warm, params V1Pod[] pods) =>
        new() { Pool = "p", PoolUid = "pool-uid", Pods = pods, Warm = warm, TemplateHash = Hash, Now = Now };

    private static MakeWorker Worker(int n) => new MakeWorker($"p-{n}", "p").OwnedBy("pool-uid").TemplateHash(Hash).Created(Now.AddHours(-1));

    private static V1Pod Idle(int n) => Worker(n).Ready().Build();

    private static V1Pod Starting(int n) => Worker(n).Build();

    private static V1Pod Old(int n) => Worker(n).Ready().TemplateHash("old").Build();

    private static V1Pod Evicted(int n) => Worker(n).Status(new() { Phase = "Failed", Reason = "Evicted", Message = "no disk left" }).Build();
}
