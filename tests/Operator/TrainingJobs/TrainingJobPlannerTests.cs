using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.TrainingJobs;
using Hearth.Api.Workers;
using Hearth.Operator.TrainingJobs;
using Hearth.Operator.Workers;
using Hearth.Testing;

namespace Hearth.Operator.Tests.TrainingJobs;

public sealed class TrainingJobPlannerTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly AssignmentFailure ForGood = new(AssignmentFailureReason.InvalidDataset, "the file is cut short");
    private static readonly AssignmentFailure PeerLost = new(AssignmentFailureReason.PeerLost, "rank 1 closed its connection", Retriable: true);
    private static readonly AssignmentFailure DiskFull = new(AssignmentFailureReason.StorageFailed, "no space left", Retriable: true);

    [Fact]
    public void Plan_NoWorker_TakesOneForEachRank() => Assert.Equal([0, 1, 2], Plan(Seen()).Take);

    [Fact]
    public void Plan_SomeWorkers_TakesTheMissingRanks() => Assert.Equal([1], Plan(Seen(Ready(0), Ready(2))).Take);

    [Fact]
    public void Plan_NoPool_TakesNoneAndSaysSo()
    {
        var plan = Plan(Seen() with { PoolExists = false });

        Assert.Equal((TrainingJobPhase.NoPool, 0), (plan.Phase, plan.Take.Count));
    }

    [Fact]
    public void Plan_OneIsNotReady_AssignsNone()
    {
        var plan = Plan(Seen(Ready(0), Ready(1), Coming(2)));

        Assert.Equal((TrainingJobPhase.Gathering, 0, 0), (plan.Phase, plan.Assign.Count, plan.Take.Count));
        Assert.Equal(TrainingJobPlanner.GatherWithin, plan.RecheckAfter);
    }

    [Fact]
    public void Plan_AllAreReady_AssignsAllAndAdoptsThem()
    {
        var plan = Plan(Seen(Ready(0), Ready(1), Ready(2)));

        Assert.Equal((TrainingJobPhase.Starting, 3, 3), (plan.Phase, plan.Assign.Count, plan.Adopt.Count));
    }

    [Fact]
    public void Plan_SomeAreBeingAssigned_AssignsTheOthers()
    {
        var seen = Seen(Ready(0), Training(1), Ready(2)) with { Assigning = new HashSet<string> { "uid-w-0" } };

        Assert.Equal([2], Plan(seen).Assign.Select(member => member.Rank));
    }

    [Fact]
    public void Plan_AllTrain_AsksAgainSoon()
    {
        var plan = Plan(Seen(Training(0), Training(1), Training(2)));

        Assert.Equal((TrainingJobPhase.Training, TrainingJobPlanner.FollowEvery), (plan.Phase, plan.RecheckAfter));
        Assert.Empty(plan.Release);
    }

    [Fact]
    public void Plan_NotAllReadyInTime_GivesAllBackAndSaysWhich()
    {
        var late = Now - TrainingJobPlanner.GatherWithin;
        var stuck = new MakeWorker("w-1").Trains("tj", "job-uid", 1, 1, Now).Status(new()
        {
            Phase = "Pending",
            Conditions = [new() { Type = "PodScheduled", Status = ConditionStatus.False, Reason = "Unschedulable", Message = "0/3 nodes have a GPU" }],
        }).Build();
        var plan = Plan(Seen(Ready(0, late), stuck, Ready(2)));

        Assert.Equal((TrainingJobPhase.NotReady, 2, 0, 3), (plan.Phase, plan.Attempt, plan.Restarts, plan.Release.Count));
        Assert.InRange(plan.RetryTime!.Value - Now, TrainingJobPlanner.GatherAgainAfter, 2 * TrainingJobPlanner.GatherAgainAfter);
        Assert.Contains("0/3 nodes have a GPU", plan.Cause!.Message, StringComparison.Ordinal);
        Assert.Contains("Of 3 workers 2 were ready", plan.Cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_BeforeTheRetryTime_TakesNone()
    {
        var plan = Plan(Seen() with { Before = new() { Attempt = 2, RetryTime = Now + TimeSpan.FromSeconds(7) } });

        Assert.Equal((0, TimeSpan.FromSeconds(7)), (plan.Take.Count, plan.RecheckAfter));
        Assert.Equal([0, 1, 2], Plan(Seen() with { Before = new() { Attempt = 2, RetryTime = Now } }).Take);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(9, 300)]
    public void Plan_AWorkerIsLost_GivesAllBackAndTriesAgainLaterEachTime(int restarts, int waits)
    {
        var seen = Seen(Training(0), Failed(1, DiskFull), Training(2)) with { Before = new() { Attempt = 4, Restarts = restarts } };
        seen = seen with { Workers = [.. seen.Workers.Select(pod => Of(pod, attempt: 4))] };

        var plan = Plan(seen, new() { BackoffLimit = 20 });

        Assert.Equal((TrainingJobPhase.Restarting, 5, restarts + 1, 3), (plan.Phase, plan.Attempt, plan.Restarts, plan.Release.Count));
        Assert.Equal(waits == 0 ? null : Now + TimeSpan.FromSeconds(waits), plan.RetryTime);
        Assert.Equal(DiskFull, plan.Cause);
        Assert.Empty(plan.Take);
    }

    [Fact]
    public void Plan_SeveralFailures_NamesTheOneThatTheOthersFollowFrom()
    {
        Assert.Equal(DiskFull, Plan(Seen(Failed(0, PeerLost), Failed(1, DiskFull), Failed(2, PeerLost))).Cause);
        Assert.Equal(ForGood, Plan(Seen(Failed(0, PeerLost), Failed(1, DiskFull), Failed(2, ForGood))).Cause);
    }

    [Fact]
    public void Plan_FailureForGood_EndsTheJobWithTheWorkersWords()
    {
        var plan = Plan(Seen(Training(0), Failed(1, ForGood), Training(2)));

        Assert.Equal((TrainingJobPhase.Failed, ForGood, 3), (plan.Phase, plan.Cause, plan.Release.Count));
    }

    [Fact]
    public void Plan_BackoffLimitReached_EndsTheJobWithTheLastFailure()
    {
        var plan = Plan(Seen(Training(0), Failed(1, DiskFull), Training(2)), new() { BackoffLimit = 0 });

        Assert.Equal((TrainingJobPhase.Failed, TrainingJobConditions.BackoffLimitExceeded), (plan.Phase, plan.Cause!.Reason));
        Assert.Contains(DiskFull.Message, plan.Cause.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, MakeWorker> Losses => new()
    {
        { "is being deleted", Worker(1).Serving(Now).Ready().Deleting(Now) },
        { "ended: Failed", Worker(1).Serving(Now).Status(new() { Phase = "Failed" }) },
        { "exited with code 137", Worker(1).Serving(Now).Status(new() { Phase = "Running", ContainerStatuses = [new() { RestartCount = 1, LastState = new() { Terminated = new() { ExitCode = 137, FinishedAt = Now } } }] }) },
        { "was given back", Worker(1).State(WorkerState.Draining).Ready() },
    };

    [Theory]
    [MemberData(nameof(Losses))]
    public void Plan_AWorkerThatWillNotTrainAgain_IsLost(string message, MakeWorker lost)
    {
        var plan = Plan(Seen(Training(0), lost.Build(), Training(2)));

        Assert.Equal(TrainingJobPhase.Restarting, plan.Phase);
        Assert.Contains(message, plan.Cause!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_AReportSaysLostOrFailed_IsBelieved()
    {
        var seen = Seen(Training(0), Training(1), Training(2));
        WorkerReport silent = new(null, "worker \"w-1\" does not answer", IsLost: true);
        WorkerReport failed = new(new() { State = AssignmentState.Failed, Failure = ForGood });

        Assert.Equal(TrainingJobPhase.Restarting, Plan(seen with { Reports = Reports(silent) }).Phase);
        Assert.Equal(TrainingJobPhase.Failed, Plan(seen with { Reports = Reports(failed) }).Phase);
        Assert.Equal(TrainingJobPhase.Training, Plan(seen with { Reports = Reports(silent with { IsLost = false }) }).Phase);

        static Dictionary<string, WorkerReport> Reports(WorkerReport report) => new() { ["uid-w-1"] = report };
    }

    [Fact]
    public void Plan_TheFirstHasSucceeded_IsDoneWhateverBecameOfTheOthers()
    {
        var seen = Seen(Training(0), Failed(1, PeerLost)) with
        {
            Reports = new Dictionary<string, WorkerReport> { ["uid-w-0"] = new(new() { State = AssignmentState.Succeeded }) },
        };

        var plan = Plan(seen);

        Assert.Equal((TrainingJobPhase.Succeeded, 2), (plan.Phase, plan.Release.Count));
    }

    [Fact]
    public void Plan_WorkersOfAnotherGroupOrJob_AreGivenBackBeforeAnyIsTaken()
    {
        var plan = Plan(Seen(Of(Training(0), attempt: 7), Of(Training(1), uid: "job-before")));

        Assert.Equal((2, 0), (plan.Release.Count, plan.Take.Count));
        Assert.Equal(TrainingJobPhase.Gathering, plan.Phase);
    }

    [Fact]
    public void Plan_ARankWasTakenTwice_KeepsTheOlder()
    {
        var older = Worker(0).Created(Now - TimeSpan.FromSeconds(5)).Ready().Build();
        var newer = new MakeWorker("twice").Trains("tj", "job-uid", 1, 0, Now).Created(Now).Ready().Build();

        var plan = Plan(Seen(newer, older, Ready(1), Ready(2)));

        Assert.Equal([newer], plan.Release.Select(release => release.Worker));
        Assert.Contains(plan.Assign, member => member.Pod == older);
    }

    [Fact]
    public void Plan_Suspended_GivesAllBackAndCountsNoRestart()
    {
        var plan = Plan(Seen(Training(0), Training(1), Training(2)) with { Job = Job(j => j.Suspend()) });

        Assert.Equal((TrainingJobPhase.Suspended, 2, 0, 3), (plan.Phase, plan.Attempt, plan.Restarts, plan.Release.Count));
        Assert.All(plan.Release, release => Assert.Equal(ReleaseReason.Suspended, release.Reason));
    }

    [Fact]
    public void Plan_DeadlinePassed_EndsTheJob()
    {
        var policy = new RunPolicy { ActiveDeadlineSeconds = 60 };
        var seen = Seen(Training(0), Training(1), Training(2));

        Assert.Equal(TrainingJobConditions.DeadlineExceeded, Plan(seen with { Before = new() { StartTime = Now - TimeSpan.FromSeconds(60) } }, policy).Cause?.Reason);
        Assert.Equal(TrainingJobPhase.Training, Plan(seen with { Before = new() { StartTime = Now - TimeSpan.FromSeconds(59) } }, policy).Phase);
        Assert.Equal(TimeSpan.FromSeconds(5), Plan(Seen() with { Before = new() { StartTime = Now - TimeSpan.FromSeconds(55) } }, policy).RecheckAfter);
    }

    [Theory]
    [InlineData(null, false, null)]
    [InlineData(60L, false, 50.0)]
    [InlineData(10L, true, null)]
    public void Plan_Ended_IsDeletedWhenItsTimeIsOver(long? ttl, bool deletes, double? recheck)
    {
        var plan = Plan(Seen(Training(0)) with { Before = new() { Attempt = 1, CompletionTime = Now - TimeSpan.FromSeconds(10) } }, new() { TtlSecondsAfterFinished = ttl });

        Assert.Equal((TrainingJobPhase.Ended, deletes, recheck), (plan.Phase, plan.DeleteJob, plan.RecheckAfter?.TotalSeconds));
        Assert.Single(plan.Release);
    }

    [Fact]
    public void Plan_Containers_TakesTheOthersOnceTheFirstHasAnAddress()
    {
        Assert.Equal([0], Plan(Containers()).Take);
        Assert.Empty(Plan(Containers(Container(0, null))).Take);
        Assert.Equal([1, 2], Plan(Containers(Container(0, "Running"))).Take);
    }

    [Fact]
    public void Plan_ContainersRun_MarksThemAndTrains()
    {
        var plan = Plan(Containers(Container(0, "Running"), Container(1, "Running"), Container(2, "Succeeded")));

        Assert.Equal((TrainingJobPhase.Training, 2, null), (plan.Phase, plan.Assign.Count, plan.RecheckAfter));
    }

    [Fact]
    public void Plan_AllContainersExitedWithZero_IsDoneAndKeepsTheirPods()
    {
        var plan = Plan(Containers(Container(0, "Succeeded"), Container(1, "Succeeded"), Container(2, "Succeeded")));

        Assert.Equal((TrainingJobPhase.Succeeded, 0), (plan.Phase, plan.Release.Count));
    }

    [Fact]
    public void Plan_AContainerFailed_RestartsAllAndSaysHowItEnded()
    {
        var failed = new MakeWorker("w-1").Trains("tj", "job-uid", 1, 1, Now).Status(new()
        {
            Phase = "Failed",
            ContainerStatuses = [new() { Name = "trainer", State = new() { Terminated = new() { ExitCode = 3, Message = "no GPU" } } }],
        }).Build();

        var plan = Plan(Containers(Container(0, "Running"), failed, Container(2, "Running")));

        Assert.Equal((TrainingJobPhase.Restarting, 3), (plan.Phase, plan.Release.Count));
        Assert.Equal("container \"trainer\" of pod \"w-1\" exited with code 3: no GPU", plan.Cause!.Message);
    }

    [Theory]
    [InlineData(CleanPodPolicy.None, 0)]
    [InlineData(CleanPodPolicy.Running, 1)]
    [InlineData(CleanPodPolicy.All, 2)]
    public void Plan_ContainerJobFailed_CleansAsThePolicySays(CleanPodPolicy policy, int released)
    {
        var plan = Plan(Containers(Container(0, "Running"), Container(1, "Failed")), new() { BackoffLimit = 0, CleanPodPolicy = policy });

        Assert.Equal((TrainingJobPhase.Failed, released), (plan.Phase, plan.Release.Count));
    }

    private static TrainingJobPlan Plan(TrainingJobObservation seen, RunPolicy? policy = null)
    {
        if (policy is not null)
            seen.Job.Spec.RunPolicy = policy;
        return TrainingJobPlanner.Plan(seen);
    }

    private static TrainingJob Job(Action<MakeTrainingJob>? change = null)
    {
        var job = new MakeTrainingJob().Workers(3).Stored();
        change?.Invoke(job);
        return job.Build();
    }

    private static TrainingJobObservation Seen(params IReadOnlyList<V1Pod> workers) =>
        new() { Job = Job(), Before = new(), Workers = workers, PoolExists = true, Now = Now };

    private static TrainingJobObservation Containers(params IReadOnlyList<V1Pod> workers) => Seen(workers) with { Job = Job(j => j.Container("image", "train")) };

    private static MakeWorker Worker(int rank, DateTimeOffset? at = null) => new MakeWorker($"w-{rank}").Trains("tj", "job-uid", 1, rank, at ?? Now);

    private static V1Pod Coming(int rank) => Worker(rank).Build();

    private static V1Pod Ready(int rank, DateTimeOffset? at = null) => Worker(rank, at).Ready($"10.0.0.{rank}").Build();

    private static V1Pod Training(int rank) => Worker(rank).Serving(Now).Ready($"10.0.0.{rank}").Build();

    private static V1Pod Failed(int rank, AssignmentFailure failure) => Worker(rank).Failed(failure).Ready().Build();

    private static V1Pod Container(int rank, string? phase) =>
        Worker(rank).Status(new() { Phase = phase ?? "Pending", PodIP = phase is null ? null : $"10.0.0.{rank}" }).Build();

    private static V1Pod Of(V1Pod pod, int attempt = 1, string uid = "job-uid")
    {
        var annotations = new Dictionary<string, string>(pod.Metadata.Annotations!)
        {
            [HearthAnnotations.TrainingAttempt] = $"{attempt}",
            [HearthAnnotations.TrainingJobUid] = uid,
        };
        return pod with { Metadata = pod.Metadata with { Annotations = annotations } };
    }
}
