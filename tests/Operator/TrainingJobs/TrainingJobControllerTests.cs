using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.TrainingJobs;
using Hearth.Api.Workers;
using Hearth.Kubernetes.Client;
using Hearth.Testing;

namespace Hearth.Operator.Tests.TrainingJobs;

public sealed class TrainingJobControllerTests : IAsyncLifetime
{
    private OperatorWorld _world = null!;

    public async Task InitializeAsync() => _world = await OperatorWorld.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Reconcile_NoPool_SaysHowToMakeOne()
    {
        await _world.AddAsync(new MakeTrainingJob().Pool("gpu").Build());

        await _world.ReconcileJobAsync();

        var status = await _world.JobStatusAsync();
        Assert.Equal((ConditionStatus.Unknown, TrainingJobConditions.PoolNotFound), StatusOf(status, TrainingJobConditions.Succeeded));
        Assert.Contains("kubectl apply", Condition(status, TrainingJobConditions.PoolAvailable).Message, StringComparison.Ordinal);
        Assert.Contains(_world.Events, e => e.StartsWith("!PoolNotFound", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reconcile_WarmPool_GathersAssignsFollowsAndGivesBack()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(3));
        await _world.AddAsync(new MakeTrainingJob().Workers(3).Build());

        await _world.ReconcileJobAsync();
        Assert.Equal(TrainingJobConditions.WaitingForWorkers, Condition(await _world.JobStatusAsync(), TrainingJobConditions.Succeeded).Reason);
        Assert.Empty(_world.Control.Calls);
        Tell(AssignmentState.Running, step: 5);
        await _world.SettleJobAsync();

        var running = await _world.JobStatusAsync();
        Assert.Equal((ConditionStatus.True, TrainingJobConditions.Training), StatusOf(running, TrainingJobConditions.Running));
        Assert.Equal((5L, 10L, 50, 0.5, 3, 1), (running.Step, running.TotalSteps, running.ProgressPercentage, running.Loss, running.Workers.Ready, running.Attempt));
        Assert.NotNull(running.StartTime);
        var job = (await _world.Client.GetAsync<TrainingJob>("tj", OperatorWorld.Namespace))!;
        Assert.All(await _world.PodsAsync(), pod => Assert.True(pod.IsOwnedBy(job)));
        Assert.Equal(["0", "1", "2"], (await _world.PodsAsync()).Select(p => p.GetAnnotation(HearthAnnotations.TrainingRank)).Order());

        Tell(AssignmentState.Succeeded, step: 10);
        await _world.SettleJobAsync();

        var done = await _world.JobStatusAsync();
        Assert.Equal((ConditionStatus.True, TrainingJobConditions.Completed), StatusOf(done, TrainingJobConditions.Succeeded));
        Assert.Equal((10L, 0.97, "file:///models/tj/model.json"), (done.Step, done.Accuracy, done.Model?.Uri));
        Assert.NotNull(done.CompletionTime);
        Assert.All(await _world.PodsAsync(), pod => Assert.Equal((WorkerState.Idle, null), (pod.GetLabel(HearthLabels.WorkerState), pod.GetAnnotation(HearthAnnotations.TrainingRank))));
        Assert.Equal(["WaitingForWorkers", "Starting", "Training", "Completed"], _world.Events.Select(e => e.Split(':')[0]));
    }

    [Fact]
    public async Task Reconcile_CacheIsBehind_TakesNoMoreWorkersThanRanks()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(5));
        await _world.AddAsync(new MakeTrainingJob().Workers(2).Build());
        Tell(AssignmentState.Running, step: 1);

        await _world.ReconcileJobAsync();
        await _world.ReconcileJobAsync(isStale: true);
        await _world.ReconcileJobAsync(isStale: true);

        Assert.Equal(2, (await GangAsync()).Count);
    }

    [Fact]
    public async Task Reconcile_PoolIsTooSmall_AssignsNoneBeforeAllAreReady()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(1));
        await _world.AddAsync(new MakeTrainingJob().Workers(3).Build());

        await _world.SettleJobAsync();
        Assert.Equal(3, (await GangAsync()).Count);
        Assert.Empty(_world.Control.Calls);

        Tell(AssignmentState.Running, step: 1);
        await _world.ReadyAllAsync();
        await _world.SettleJobAsync();
        Assert.Equal(3, _world.Control.Calls.Count(call => call.StartsWith("assign", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Reconcile_NotAllReadyInTime_GivesBackAndTriesAgainLater()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(1));
        await _world.AddAsync(new MakeTrainingJob().Workers(2).Build());
        await _world.SettleJobAsync();

        _world.Time.Advance(TimeSpan.FromMinutes(5));
        await _world.SettleJobAsync();

        var status = await _world.JobStatusAsync();
        Assert.Equal((TrainingJobConditions.WorkersNotReady, 2, 0), (Condition(status, TrainingJobConditions.Succeeded).Reason, status.Attempt, status.Restarts));
        Assert.Empty(await GangAsync());
        Assert.DoesNotContain(_world.Control.Calls, call => call.StartsWith("assign", StringComparison.Ordinal));

        _world.Time.Advance(TimeSpan.FromSeconds(60));
        await _world.SettleJobAsync();
        Assert.Equal(2, (await GangAsync()).Count);
    }

    [Fact]
    public async Task Reconcile_AWorkerFails_RestartsAllFromANewGroup()
    {
        await TrainAsync(workers: 2);
        _world.Control.Progress = pod => pod.GetAnnotation(HearthAnnotations.TrainingAttempt) == "1" && pod.GetAnnotation(HearthAnnotations.TrainingRank) == "1"
            ? Line(pod, AssignmentState.Failed, 5) with { Failure = new(AssignmentFailureReason.StorageFailed, "no space left", Retriable: true) }
            : Line(pod, AssignmentState.Running, 5);

        await _world.SettleJobAsync();

        var status = await _world.JobStatusAsync();
        Assert.Equal((1, 2, TrainingJobConditions.Training), (status.Restarts, status.Attempt, Condition(status, TrainingJobConditions.Running).Reason));
        Assert.All(await GangAsync(), pod => Assert.Equal("2", pod.GetAnnotation(HearthAnnotations.TrainingAttempt)));
        Assert.Contains("!Restarting: Restart 1, of 3 at most, because no space left", _world.Events);
    }

    [Fact]
    public async Task Reconcile_StatusCannotBeWritten_GivesNoWorkerBack()
    {
        await TrainAsync(workers: 2);
        _world.Control.Progress = pod => Line(pod, AssignmentState.Failed, 5) with { Failure = new(AssignmentFailureReason.PeerLost, "gone", Retriable: true) };
        _world.Client.Induce = write => write.EndsWith("tj/status", StringComparison.Ordinal) ? new HttpRequestException("the server is away") : null;

        await _world.ReconcileJobAsync();
        Assert.Equal((2, 0), ((await GangAsync()).Count, (await _world.JobStatusAsync()).Restarts));

        _world.Client.Induce = _ => null;
        await _world.ReconcileJobAsync();
        Assert.Equal(1, (await _world.JobStatusAsync()).Restarts);
    }

    [Fact]
    public async Task Reconcile_FailureForGood_FailsWithTheWorkersWords()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(2));
        await _world.AddAsync(new MakeTrainingJob().Workers(2).Build());
        _world.Control.End = new() { State = AssignmentState.Failed, Failure = new(AssignmentFailureReason.InvalidDataset, "'images' is cut short") };

        await _world.SettleJobAsync();

        var status = await _world.JobStatusAsync();
        var succeeded = Condition(status, TrainingJobConditions.Succeeded);
        Assert.Equal((ConditionStatus.False, AssignmentFailureReason.InvalidDataset, "'images' is cut short"), (succeeded.Status, succeeded.Reason, succeeded.Message));
        Assert.NotNull(status.CompletionTime);
        Assert.Contains("!InvalidDataset: 'images' is cut short", _world.Events);
        Assert.Empty(await GangAsync());
    }

    [Fact]
    public async Task Reconcile_OperatorDiesBetweenAnyTwoSteps_TheNextGoesOn()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(3));
        await _world.AddAsync(new MakeTrainingJob().Workers(3).Build());
        Tell(AssignmentState.Running, step: 3);

        for (var i = 0; i < 4; i++)
        {
            await _world.ReconcileJobAsync();
            await _world.RestartAsync();
        }

        Assert.Equal(3, (await GangAsync()).Count);
        Assert.Equal(3, _world.Control.Calls.Count);
        Assert.Equal((3L, 0, 1), ((await _world.JobStatusAsync()).Step, (await _world.JobStatusAsync()).Restarts, (await _world.JobStatusAsync()).Attempt));

        Tell(AssignmentState.Succeeded, step: 10);
        for (var i = 0; i < 3; i++)
        {
            await _world.ReconcileJobAsync();
            await _world.RestartAsync();
        }
        Assert.Equal(ConditionStatus.True, Condition(await _world.JobStatusAsync(), TrainingJobConditions.Succeeded).Status);
        Assert.Empty(await GangAsync());
    }

    [Fact]
    public async Task Reconcile_SuspendedAndResumed_GivesBackAndGathersAnew()
    {
        await TrainAsync(workers: 2);

        await _world.PatchAsync<TrainingJob>("tj", """{"spec":{"suspend":true}}""");
        await _world.SettleJobAsync();
        var suspended = await _world.JobStatusAsync();
        Assert.Equal((ConditionStatus.True, TrainingJobConditions.Suspended), StatusOf(suspended, TrainingJobConditions.Suspended));
        Assert.Null(suspended.StartTime);
        Assert.Empty(await GangAsync());

        await _world.PatchAsync<TrainingJob>("tj", """{"spec":{"suspend":false}}""");
        await _world.SettleJobAsync();
        var resumed = await _world.JobStatusAsync();
        Assert.Equal((0, 2, TrainingJobConditions.Training), (resumed.Restarts, resumed.Attempt, Condition(resumed, TrainingJobConditions.Running).Reason));
        Assert.NotNull(resumed.StartTime);
        Assert.Contains(_world.Events, e => e.StartsWith("Resumed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reconcile_TimeToLiveOver_DeletesTheJob()
    {
        await TrainAsync(workers: 1, policy: new() { TtlSecondsAfterFinished = 60 });
        Tell(AssignmentState.Succeeded, step: 10);
        await _world.SettleJobAsync();

        _world.Time.Advance(TimeSpan.FromSeconds(60));
        await _world.ReconcileJobAsync();

        Assert.Null(await _world.Client.GetAsync<TrainingJob>("tj", OperatorWorld.Namespace));
    }

    [Fact]
    public async Task Reconcile_ManagedByAnother_IsLeftAlone()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(1));
        await _world.AddAsync(new MakeTrainingJob().ManagedBy("kueue.x-k8s.io/multikueue").Build());

        await _world.ReconcileJobAsync();

        Assert.Empty(_world.Client.Writes);
    }

    [Fact]
    public async Task Reconcile_WarningOfTheFirstRank_IsAnEventOnce()
    {
        await TrainAsync(workers: 1);
        _world.Control.Progress = pod => Warned(Line(pod, AssignmentState.Running, 6));

        await _world.SettleJobAsync();
        await _world.ReconcileJobAsync();

        Assert.Single(_world.Events, e => e == "!CheckpointRefused: 'step-5' was cut short");
        Assert.Contains("cut short", Condition(await _world.JobStatusAsync(), TrainingJobConditions.Running).Message, StringComparison.Ordinal);

        static AssignmentProgress Warned(AssignmentProgress line) => line with { Training = line.Training! with { Warning = "'step-5' was cut short" } };
    }

    [Fact]
    public async Task Reconcile_AWorkerIsSilent_IsLostOnlyAfterAWhile()
    {
        await TrainAsync(workers: 2);
        _world.Control.Progress = pod => pod.GetAnnotation(HearthAnnotations.TrainingRank) == "1" ? throw new HttpRequestException("no route") : Line(pod, AssignmentState.Running, 6);

        await _world.ReconcileJobAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(29));
        await _world.ReconcileJobAsync();
        Assert.Equal(0, (await _world.JobStatusAsync()).Restarts);
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        await _world.ReconcileJobAsync();

        Assert.Equal(1, (await _world.JobStatusAsync()).Restarts);
        Assert.Contains(_world.Events, e => e.StartsWith("!Restarting", StringComparison.Ordinal) && e.Contains("no route", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reconcile_AWorkerHasLostItsAssignment_RestartsAll()
    {
        await TrainAsync(workers: 2);
        _world.Control.Progress = pod => pod.GetAnnotation(HearthAnnotations.TrainingAttempt) == "1" ? null : Line(pod, AssignmentState.Running, 6);

        await _world.SettleJobAsync();

        Assert.Equal((1, 2), ((await _world.JobStatusAsync()).Restarts, (await _world.JobStatusAsync()).Attempt));
    }

    [Fact]
    public async Task Reconcile_Containers_GetTheVariablesAndFinishByExitCode()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(2));
        await _world.AddAsync(new MakeTrainingJob().Workers(2).Container("image", "train").Build());

        await _world.SettleJobAsync();
        var first = Assert.Single(await GangAsync());
        await SetPhaseAsync(first, "Running", "10.1.1.1");
        await _world.SettleJobAsync();

        var second = Assert.Single(await GangAsync(), pod => pod.Name() != first.Name());
        Assert.Equal("Never", second.Spec.RestartPolicy);
        Assert.Equal(("1", "2", "10.1.1.1", "29500"), (Env(second, "RANK"), Env(second, "WORLD_SIZE"), Env(second, "MASTER_ADDR"), Env(second, "MASTER_PORT")));
        Assert.Equal("status.podIP", first.Spec.Containers[0].Env!.Single(v => v.Name == "MASTER_ADDR").ValueFrom!.FieldRef!.FieldPath);
        Assert.Empty(_world.Control.Calls);

        foreach (var pod in await GangAsync())
            await SetPhaseAsync(pod, "Succeeded", "10.1.1.1");
        await _world.SettleJobAsync();
        Assert.Equal(ConditionStatus.True, Condition(await _world.JobStatusAsync(), TrainingJobConditions.Succeeded).Status);
        Assert.Equal(2, (await GangAsync()).Count);
    }

    [Fact]
    public async Task Reconcile_AContainerExitsOtherwise_RestartsAllUntilTheLimit()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(0));
        await _world.AddAsync(new MakeTrainingJob().Container("image", "train").RunPolicy(new() { BackoffLimit = 1 }).Build());
        await _world.SettleJobAsync();

        await FailAsync();
        await _world.SettleJobAsync();
        Assert.Equal(1, (await _world.JobStatusAsync()).Restarts);
        await FailAsync();
        await _world.SettleJobAsync();

        var succeeded = Condition(await _world.JobStatusAsync(), TrainingJobConditions.Succeeded);
        Assert.Equal((ConditionStatus.False, TrainingJobConditions.BackoffLimitExceeded), (succeeded.Status, succeeded.Reason));
        Assert.Contains("exited with code 7", succeeded.Message, StringComparison.Ordinal);

        async Task FailAsync() => await _world.SetStatusAsync(Assert.Single(await GangAsync()), new()
        {
            Phase = "Failed",
            PodIP = "10.1.1.1",
            ContainerStatuses = [new() { Name = "trainer", State = new() { Terminated = new() { ExitCode = 7 } } }],
        });
    }

    private async Task TrainAsync(int workers, RunPolicy? policy = null)
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(workers));
        await _world.AddAsync(new MakeTrainingJob().Workers(workers).RunPolicy(policy ?? new()).Build());
        Tell(AssignmentState.Running, step: 5);
        await _world.SettleJobAsync();
    }

    /// <summary>What every worker answers from now on.</summary>
    private void Tell(AssignmentState state, long step) => _world.Control.Progress = pod => Line(pod, state, step);

    private static AssignmentProgress Line(V1Pod pod, AssignmentState state, long step) => new()
    {
        Id = pod.GetAnnotation(HearthAnnotations.Assignment)!,
        State = state,
        Training = new()
        {
            Step = step,
            TotalSteps = 10,
            Loss = 0.5,
            Accuracy = state == AssignmentState.Succeeded ? 0.97 : null,
            Model = state == AssignmentState.Succeeded ? new() { Uri = "file:///models/tj/model.json" } : null,
        },
    };

    private async Task<IReadOnlyList<V1Pod>> GangAsync() =>
        [.. (await _world.PodsAsync()).Where(pod => pod.GetLabel(HearthLabels.TrainingJob) == "tj" && !pod.IsDeleting())];

    private Task SetPhaseAsync(V1Pod pod, string phase, string ip) => _world.SetStatusAsync(pod, new() { Phase = phase, PodIP = ip });

    private static string? Env(V1Pod pod, string name) => pod.Spec.Containers[0].Env!.Single(variable => variable.Name == name).Value;

    private static (string, string) StatusOf(TrainingJobStatus status, string type) => (Condition(status, type).Status, Condition(status, type).Reason);

    private static V1Condition Condition(TrainingJobStatus status, string type) => OperatorWorld.Condition(status.Conditions, type);
}
