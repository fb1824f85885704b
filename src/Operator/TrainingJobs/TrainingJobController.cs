using System.Collections.Concurrent;
using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Meta;
using Hearth.Api.TrainingJobs;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Informers;
using Hearth.Operator.Status;
using Hearth.Operator.Workers;

namespace Hearth.Operator.TrainingJobs;

/// <summary>Gathers the workers of every job, has them train together, and tells how far they are.</summary>
internal sealed class TrainingJobController(
    IKubernetesClient client,
    WorkerCache workers,
    IInformer<WorkerPool> pools,
    WorkerActivations activations,
    WorkerReleases releases,
    WorkerReports reports,
    EventPublisher events,
    TimeProvider time) : IEntityController<TrainingJob>
{
    private readonly StatusWriter _status = new(client);
    private readonly TrainingJobEvents _events = new(events);
    private readonly ConcurrentDictionary<string, JobMemory> _memories = new();

    /// <summary>Wakes this controller for a job; set when it joins its host.</summary>
    public Action<ObjectKey> Enqueue { get; set; } = _ => { };

    /// <inheritdoc/>
    public async Task<ReconciliationResult<TrainingJob>> ReconcileAsync(TrainingJob job, CancellationToken cancel)
    {
        if (job.IsDeleting() || job.Spec.ManagedBy is not (null or HearthApi.ManagedByHearth))
            return ReconciliationResult<TrainingJob>.Success(job);
        var failures = new StepFailures();
        var memory = _memories.GetOrAdd(job.Uid(), _ => new());
        var faults = TrainingJobValidation.Validate(job).ToArray();
        if (faults.Length > 0)
        {
            await failures.RunAsync(() => WriteStatusAsync(job, memory, MakeTrainingJobStatus.Invalid(job, faults, time.GetUtcNow()), null, cancel));
            return failures.ToResult(job, null);
        }

        var pool = pools.Get(job.Spec.Pool, job.Namespace()) is { } found && !found.IsDeleting() ? found : null;
        var seen = await ObserveAsync(job, pool, memory, cancel);
        var plan = TrainingJobPlanner.Plan(seen);

        foreach (var worker in plan.Adopt)
            await failures.RunAsync(async () => workers.Remember(await PodWrites.AdoptAsync(client, worker, job.MakeOwnerReference(), cancel)));
        var master = plan.Members.FirstOrDefault(m => m.Rank == 0)?.Pod.Status?.PodIP;
        foreach (var rank in plan.Take)
            await failures.RunAsync(() => activations.TakeAsync(TrainingClaim.Owner(job, plan.Attempt, rank, master), pool!, cancel));
        foreach (var member in plan.Assign)
            activations.Assign(member.Pod, TrainingClaim.Assignment(job, plan.Attempt, member, plan.Members), () => Enqueue(KeyOf(job)));
        var isTold = await failures.RunAsync(
            () => WriteStatusAsync(job, memory, MakeTrainingJobStatus.Of(seen, plan, failures.Message), MakeTrainingJobStatus.WarningOf(plan), cancel));
        // The number of the next group stands in the status before the present one is given back, so that nothing is counted twice.
        foreach (var (worker, reason) in isTold ? plan.Release : [])
            releases.Start(worker, reason, () => Enqueue(KeyOf(job)));
        if (isTold && plan.DeleteJob)
            await failures.RunAsync(() => client.DeleteAsync<TrainingJob>(job.Name(), job.Namespace(), new() { Uid = job.Uid() }, cancel));
        if (plan.Take.Count > 0)
            Enqueue(KeyOf(job));
        return failures.ToResult(job, plan.RecheckAfter);
    }

    /// <inheritdoc/>
    public Task<ReconciliationResult<TrainingJob>> DeletedAsync(TrainingJob job, CancellationToken cancel)
    {
        _memories.TryRemove(job.Uid(), out _);
        return Task.FromResult(ReconciliationResult<TrainingJob>.Success(job));
    }

    private async Task<TrainingJobObservation> ObserveAsync(TrainingJob job, WorkerPool? pool, JobMemory memory, CancellationToken cancel)
    {
        var pods = workers.OfOwner(HearthLabels.TrainingJob, job.Namespace(), job.Name());
        var before = memory.Written ?? job.Status ?? new();
        var releasing = releases.UnderWay(pods);
        var atWork = before.CompletionTime is not null || job.Spec.Program.Container is not null ? []
            : pods.Where(p => p.State() == WorkerState.Assigned && !p.IsGone() && !releasing.Contains(p.Uid()) && GangMember.IsOf(p, job.Uid(), Math.Max(1, before.Attempt)));
        return new()
        {
            Job = job,
            Before = before,
            Workers = pods,
            Reports = await reports.ReadAsync(atWork, memory, cancel),
            PoolExists = pool is not null,
            Assigning = activations.UnderWay(pods),
            Releasing = releasing,
            Now = time.GetUtcNow(),
        };
    }

    private async Task WriteStatusAsync(TrainingJob job, JobMemory memory, TrainingJobStatus status, string? warning, CancellationToken cancel)
    {
        var before = memory.Written ?? job.Status ?? new();
        await _status.WriteAsync(job, memory.Written ?? job.Status, status, ApiJsonContext.Default.TrainingJobStatus, cancel);
        memory.Written = status;
        await _events.PublishAsync(job, before, status, warning, cancel);
    }

    private static ObjectKey KeyOf(TrainingJob job) => new(job.Namespace(), job.Name());
}
