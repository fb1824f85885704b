using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Operator.FederatedAggregations;
using Hearth.Operator.Workers;
using Hearth.Testing;

namespace Hearth.Operator.Tests.FederatedAggregations;

public sealed class FederationPlannerTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly AssignmentFailure ForGood = new(AssignmentFailureReason.InvalidModel, "the manifest does not parse");
    private static readonly AssignmentFailure Passing = new(AssignmentFailureReason.ArtifactUnavailable, "no space left", Retriable: true);

    [Fact]
    public void Plan_NoWorker_TakesOne() => Assert.True(Plan(Seen()).Take);

    [Fact]
    public void Plan_NoPool_TakesNone() => Assert.False(Plan(Seen() with { PoolExists = false }).Take);

    [Fact]
    public void Plan_LastOneLost_WaitsUntilTheGateOpens()
    {
        var plan = Plan(Seen() with { TakeFrom = Now + TimeSpan.FromSeconds(4) });

        Assert.Equal((false, TimeSpan.FromSeconds(4)), (plan.Take, plan.RecheckAfter));
    }

    [Fact]
    public void Plan_ClaimedAndReady_AdoptsAndAssigns()
    {
        var worker = Claimed("a").Ready().Build();

        var plan = Plan(Seen(worker));

        Assert.Equal((worker, worker, false), (plan.Assign, plan.Adopt, plan.Take));
    }

    [Fact]
    public void Plan_ClaimedByAnOperatorThatDied_AssignsAtOnce() => Assert.NotNull(Plan(Seen(Claimed("a").Ready().Build())).Assign);

    [Fact]
    public void Plan_ClaimedNotReady_WaitsForTheNode()
    {
        var plan = Plan(Seen(Claimed("a").Build()));

        Assert.Null(plan.Assign);
        Assert.False(plan.Take);
        Assert.Equal(ClaimLimits.GiveUpAfter, plan.RecheckAfter);
    }

    [Fact]
    public void Plan_BeingAssigned_IsLeftAlone()
    {
        var worker = Claimed("a").Ready().Build();

        Assert.Null(Plan(Seen(worker) with { Assigning = new HashSet<string> { worker.Uid() } }).Assign);
    }

    [Fact]
    public void Plan_ClaimedForTooLong_IsGivenUp() => Assert.Equal(
        [("a", ReleaseReason.Stuck)], Releases(Plan(Seen(Claimed("a", Now - ClaimLimits.GiveUpAfter).Build()))));

    [Fact]
    public void Plan_Serving_IsAskedEverySecond()
    {
        var plan = Plan(Running("a"));

        Assert.Equal((false, FederationPlanner.AskEvery), (plan.Take, plan.RecheckAfter));
        Assert.Empty(plan.Release);
    }

    [Fact]
    public void Plan_Serving_AnotherIsGivenBackFirst()
    {
        var (serving, second) = (Assigned("b").Build(), Claimed("a").Ready().Build());

        var plan = Plan(Seen(serving, second));

        Assert.Equal(serving, plan.Aggregator);
        Assert.Null(plan.Assign);
        Assert.Equal([("a", ReleaseReason.ScaledDown)], Releases(plan));
    }

    [Fact]
    public void Plan_AnotherIsStillReleased_NeitherTakesNorAssigns()
    {
        var (old, fresh) = (Assigned("a").Build(), Claimed("b").Ready().Build());
        var releasing = new HashSet<string> { old.Uid() };

        Assert.False(Plan(Seen(old) with { Releasing = releasing }).Take);
        Assert.Null(Plan(Seen(old, fresh) with { Releasing = releasing }).Assign);
    }

    [Fact]
    public void Plan_PodIsBeingDeleted_WaitsUntilItsTimeIsUp()
    {
        var dying = Assigned("a").Deleting(Now + TimeSpan.FromSeconds(20)).Build();

        var waits = Plan(Seen(dying));
        var goesOn = Plan(Seen(dying) with { Now = Now + TimeSpan.FromSeconds(30) });

        Assert.Equal((false, TimeSpan.FromSeconds(30)), (waits.Take, waits.RecheckAfter));
        Assert.True(goesOn.Take);
    }

    [Fact]
    public void Plan_LostWorkerIsBeingDeleted_IsNotWaitedFor()
    {
        var worker = Assigned("a").Build();
        var silent = Plan(Seen(worker) with { Reports = Report(worker, new(null, "no answer", IsSilent: true)) });
        var dying = Assigned("a").Deleting(Now + TimeSpan.FromSeconds(30)).Build();

        Assert.Equal([("a", ReleaseReason.Silent)], Releases(silent));
        Assert.False(silent.Take);
        Assert.True(Plan(Seen(dying) with { Abandoned = new HashSet<string> { dying.Uid() } }).Take);
    }

    [Fact]
    public void Plan_PodEnded_TakesAnotherWithoutWaiting()
    {
        var ended = Assigned("a").Status(new() { Phase = "Failed" }).Build();

        var plan = Plan(Seen(ended));

        Assert.True(plan.Take);
        Assert.Equal([("a", ReleaseReason.Ended)], Releases(plan));
    }

    [Fact]
    public void Plan_AssignmentIsLost_IsReleasedAndCountedOnce()
    {
        var worker = Assigned("a").Build();
        var seen = Seen(worker) with { Reports = Report(worker, new(null, "gone", IsLost: true)), Before = Before("a") };

        var plan = Plan(seen);
        var next = Plan(seen with { Before = Before(null), Releasing = new HashSet<string> { worker.Uid() } });

        Assert.Equal([("a", ReleaseReason.Restarted)], Releases(plan));
        Assert.Equal((true, false), (plan.IsRestart, next.IsRestart));
        Assert.Equal((AssignmentFailureReason.WorkerLost, true), (plan.Failure!.Reason, plan.Failure.Retriable));
    }

    [Fact]
    public void Plan_PodVanished_IsARestart() => Assert.True(Plan(Seen() with { Before = Before("a") }).IsRestart);

    [Fact]
    public void Plan_NoAnswerYet_KeepsTheWorker()
    {
        var worker = Assigned("a").Build();

        var plan = Plan(Seen(worker) with { Reports = Report(worker, new(null, "connection refused")) });

        Assert.Equal(worker, plan.Aggregator);
        Assert.Empty(plan.Release);
    }

    [Fact]
    public void Plan_ProcessStartedAnew_TheNodeSaysSo()
    {
        var worker = Assigned("a").Status(new()
        {
            Phase = "Running",
            PodIP = "127.0.0.1",
            ContainerStatuses = [new() { Name = "worker", RestartCount = 1, State = new() { Running = new() { StartedAt = Now + TimeSpan.FromSeconds(1) } } }],
        }).Build();

        Assert.Equal([("a", ReleaseReason.Restarted)], Releases(Plan(Seen(worker))));
    }

    [Fact]
    public void Plan_RetriableFailure_TriesAgain()
    {
        var plan = Plan(Seen(Failed("a", Passing).Build()));

        Assert.Equal((false, Passing), (plan.IsFailed, plan.Failure));
        Assert.Equal([("a", ReleaseReason.Failed)], Releases(plan));
    }

    [Fact]
    public void Plan_FinalFailure_IsReleasedAndNotTriedAgain()
    {
        var failed = Plan(Seen(Failed("a", ForGood).Build()));
        var after = Plan(Seen() with { Before = Conditioned(ConditionStatus.False, ForGood.Reason, generation: 1) });

        Assert.True(failed.IsFailed);
        Assert.Equal((true, false), (after.IsFailed, after.Take));
    }

    [Fact]
    public void Plan_FailureWhileAtWork_ComesFromTheReport()
    {
        var worker = Assigned("a").Build();
        var seen = Seen(worker) with { Reports = Report(worker, new(new() { State = AssignmentState.Failed, Failure = ForGood })) };

        Assert.Equal((true, ForGood), (Plan(seen).IsFailed, Plan(seen).Failure));
    }

    [Fact]
    public void Plan_SpecChangedAfterAFinalFailure_TriesAgain() =>
        Assert.True(Plan(Seen() with { Before = Conditioned(ConditionStatus.False, ForGood.Reason, generation: 0) }).Take);

    [Fact]
    public void Plan_FailureUnderAnotherSpec_SaysNothing()
    {
        var plan = Plan(Seen(Failed("a", ForGood, hash: "other").Build()));

        Assert.Equal((false, null), (plan.IsFailed, plan.Failure));
    }

    [Fact]
    public void Plan_SpecChanged_ReplacesTheWorkerWithoutCountingIt()
    {
        var plan = Plan(Seen(Assigned("a", hash: "other").Build()) with { Before = Before("a") });

        Assert.Equal([("a", ReleaseReason.Outdated)], Releases(plan));
        Assert.False(plan.IsRestart);
    }

    [Fact]
    public void Plan_Suspended_GivesTheWorkerBack()
    {
        var seen = Seen(Assigned("a").Build());
        seen.Federation.Spec.Suspend = true;

        var plan = Plan(seen);

        Assert.Equal([("a", ReleaseReason.Suspended)], Releases(plan));
        Assert.Equal((false, false), (plan.Take, plan.IsRestart));
    }

    [Fact]
    public void Plan_AllRoundsPublished_LingersThenReleases()
    {
        var worker = Assigned("a").Build();
        var seen = Seen(worker) with { Reports = Report(worker, new(new() { State = AssignmentState.Succeeded })) };
        var done = Conditioned(ConditionStatus.True, FederatedAggregationConditions.Completed, generation: 1);

        var first = Plan(seen);
        var later = Plan(seen with { Before = done, Now = Now + FederationPlanner.LingerFor });

        Assert.True(first.IsComplete);
        Assert.Empty(first.Release);
        Assert.Equal(FederationPlanner.LingerFor, first.RecheckAfter);
        Assert.Equal([("a", ReleaseReason.Completed)], Releases(later));
    }

    [Fact]
    public void Plan_CompleteAndReleased_HasNothingToDo()
    {
        var plan = Plan(Seen() with { Before = Conditioned(ConditionStatus.True, FederatedAggregationConditions.Completed, generation: 1) });

        Assert.Equal((true, false, null), (plan.IsComplete, plan.Take, plan.RecheckAfter));
    }

    [Fact]
    public void Plan_MoreRoundsAskedForAfterTheEnd_GoesOn()
    {
        var seen = Seen() with { Before = Conditioned(ConditionStatus.True, FederatedAggregationConditions.Completed, generation: 1) };
        seen.Federation.Spec.Rounds = 20;

        Assert.True(Plan(seen).Take);
    }

    [Fact]
    public void Plan_NobodyAsksWhileARoundWaits_GivesTheWorkerBackUntilSomeoneDoes()
    {
        var keepAlive = TimeSpan.FromSeconds(30);
        var waiting = Running("a") with { Tree = new() { WaitingSince = Now - keepAlive }, IdleFor = keepAlive };
        var dormant = Seen() with { Before = WithReason(FederatedAggregationConditions.NobodyAsks) };

        Assert.Equal([("a", ReleaseReason.Idle)], Releases(Plan(waiting)));
        Assert.True(Plan(waiting).IsDormant);
        Assert.Equal((false, null), (Plan(dormant).Take, Plan(dormant).RecheckAfter));
        Assert.True(Plan(dormant with { IsAsked = true }).Take);
    }

    [Theory]
    [InlineData(29, 30, false)]
    [InlineData(30, 29, false)]
    [InlineData(30, null, false)]
    [InlineData(null, 30, false)]
    [InlineData(30, 30, true)]
    public void Plan_SomeoneMayAsk_KeepsTheWorker(int? waitsFor, int? idleFor, bool isAsked)
    {
        var seen = Running("a") with
        {
            Tree = new() { WaitingSince = Now - Seconds(waitsFor) },
            IdleFor = Seconds(idleFor),
            IsAsked = isAsked,
        };

        Assert.Empty(Plan(seen).Release);
        Assert.False(Plan(seen).IsDormant);
    }

    private static TimeSpan? Seconds(int? number) => number is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static FederatedAggregationStatus WithReason(string reason) =>
        new() { ObservedGeneration = 1, Conditions = [new() { Type = FederatedAggregationConditions.AggregatorReady, Status = ConditionStatus.False, Reason = reason }] };

    private static FederationPlan Plan(FederationObservation seen) => FederationPlanner.Plan(seen);

    private static FederationObservation Seen(params V1Pod[] workers) => new()
    {
        Federation = new MakeFederation("f").Stored().Build(),
        Before = null,
        Hash = MakeWorker.CurrentHash,
        Workers = workers,
        PoolExists = true,
        Now = Now,
    };

    private static FederationObservation Running(string name)
    {
        var worker = Assigned(name).Build();
        return Seen(worker) with { Reports = Report(worker, new(new() { State = AssignmentState.Running })) };
    }

    private static MakeWorker Claimed(string name, DateTimeOffset? at = null, string hash = MakeWorker.CurrentHash) =>
        new MakeWorker(name).Claimed(HearthLabels.Federation, "f", at ?? Now, HearthAnnotations.FederationHash, hash);

    private static MakeWorker Assigned(string name, string hash = MakeWorker.CurrentHash) =>
        Claimed(name, hash: hash).Ready().Serving(Now).OwnedBy("federation-uid");

    private static MakeWorker Failed(string name, AssignmentFailure failure, string hash = MakeWorker.CurrentHash) =>
        Claimed(name, hash: hash).Ready().Failed(failure);

    private static Dictionary<string, AggregatorAnswer> Report(V1Pod worker, AggregatorAnswer report) => new() { [worker.Uid()] = report };

    private static FederatedAggregationStatus Before(string? worker) => new() { ObservedGeneration = 1, Worker = worker };

    private static FederatedAggregationStatus Conditioned(string status, string reason, long generation) => new()
    {
        ObservedGeneration = generation,
        Model = new() { Version = 10 },
        Conditions =
        [
            new()
            {
                Type = FederatedAggregationConditions.Succeeded,
                Status = status,
                Reason = reason,
                ObservedGeneration = generation,
                LastTransitionTime = Now,
            },
        ],
    };

    private static IEnumerable<(string, ReleaseReason)> Releases(FederationPlan plan) => plan.Release.Select(r => (r.Worker.Name(), r.Reason));
}
