using System.Collections.Concurrent;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Informers;
using Hearth.Operator.Status;
using Hearth.Operator.Workers;
using Hearth.Policies.Pods;
using Hearth.Policies.WarmPools;

namespace Hearth.Operator.WorkerPools;

/// <summary>Keeps every pool at its warm size, and finds the workers that nobody else takes care of.</summary>
internal sealed class WorkerPoolController(
    IKubernetesClient client,
    WorkerCache workers,
    IInformer<V1Secret> secrets,
    WorkerOwners owners,
    WorkerReleases releases,
    ArtifactReports artifacts,
    WorkerPodOptions options,
    EventPublisher events,
    OperatorMetrics metrics,
    TimeProvider time) : IEntityController<WorkerPool>
{
    // From a claim to the worker that replaces it being idle: the pause of the refill and the start of a pod.
    private static readonly TimeSpan RefillTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ForecastEvery = TimeSpan.FromMinutes(1);

    private readonly StatusWriter _status = new(client);
    private readonly ConcurrentDictionary<string, PoolMemory> _memories = new();

    /// <summary>Wakes this controller for a pool; set when it joins its host.</summary>
    public Action<ObjectKey> Enqueue { get; set; } = _ => { };

    /// <inheritdoc/>
    public async Task<ReconciliationResult<WorkerPool>> ReconcileAsync(WorkerPool pool, CancellationToken cancel)
    {
        if (pool.IsDeleting())
            return ReconciliationResult<WorkerPool>.Success(pool);
        var failures = new StepFailures();
        var faults = WorkerPoolValidation.Validate(pool).ToArray();
        if (faults.Length > 0)
        {
            await failures.RunAsync(() => WriteStatusAsync(pool, MakePoolStatus.Invalid(pool, faults, time.GetUtcNow()), cancel));
            return failures.ToResult(pool, null);
        }

        var memory = _memories.GetOrAdd(pool.Uid(), _ => new(pool.Status));
        var warm = WarmSize.Decide(pool.Spec.Warm, memory.Tally.Hits + memory.Tally.Misses > 0 ? memory.Claims.Expect(time.GetUtcNow(), RefillTime) : null);
        var seen = Observe(pool, warm.Idle, memory);
        var plan = WorkerPoolPlanner.Plan(seen);

        await failures.RunMakingAsync(() => EnsureSecretAsync(pool, cancel));
        foreach (var worker in plan.Adopt)
            await failures.RunAsync(async () => workers.Remember(await PodWrites.AdoptAsync(client, worker, pool.MakeOwnerReference(), cancel)));
        foreach (var removal in plan.Delete)
            await failures.RunAsync(() => DeleteAsync(pool, removal, cancel));
        foreach (var name in plan.Create)
            await failures.RunMakingAsync(() => CreateAsync(pool, name, memory, cancel));
        foreach (var orphan in plan.Orphans)
            releases.Start(orphan, ReleaseReason.Orphaned, () => Enqueue(KeyOf(pool)));
        artifacts.Ask(seen.Pods, memory.AskedCaches);
        if (plan.Delete.Any(r => r.Reason == RemovalReason.Ended))
            memory.Replacement.Fail(seen.Now);
        var claims = memory.Tally.Count(seen.Pods);
        memory.Claims.Record(seen.Now, claims.Hits + claims.Misses);
        Measure(pool, plan.Counts, claims);
        await failures.RunAsync(() => WriteStatusAsync(pool, MakePoolStatus.Of(pool, plan, memory.Tally, warm, failures.Message, seen.Now), cancel));
        // A forecast changes with the time of day even where nothing happens.
        var forecastIn = pool.Spec.Warm.Policy == WarmPolicy.Predictive ? ForecastEvery : (TimeSpan?)null;
        return failures.ToResult(pool, plan.RecheckAfter < forecastIn || forecastIn is null ? plan.RecheckAfter : forecastIn);
    }

    /// <inheritdoc/>
    public Task<ReconciliationResult<WorkerPool>> DeletedAsync(WorkerPool pool, CancellationToken cancel)
    {
        _memories.TryRemove(pool.Uid(), out _);
        Measure(pool, default, default);
        return Task.FromResult(ReconciliationResult<WorkerPool>.Success(pool));
    }

    private PoolObservation Observe(WorkerPool pool, int warm, PoolMemory memory)
    {
        var pods = workers.OfPool(pool.Namespace(), pool.Name());
        return new()
        {
            Pool = pool.Name(),
            PoolUid = pool.Uid(),
            Pods = pods,
            Warm = warm,
            TemplateHash = WorkerPodFactory.TemplateHash(pool, options),
            TakenNames = memory.TakenNames,
            Releasing = releases.UnderWay(pods),
            Orphans = pods.Where(owners.IsOrphan).Select(p => p.Uid()).ToHashSet(),
            ReplaceFrom = memory.Replacement.OpensAt,
            Now = time.GetUtcNow(),
        };
    }

    private async Task EnsureSecretAsync(WorkerPool pool, CancellationToken cancel)
    {
        if (secrets.Get(WorkerPoolSecret.Name(pool.Name()), pool.Namespace()) is not null)
            return;
        try
        {
            await client.CreateAsync(MakeTokenSecret.For(pool), cancel);
        }
        catch (KubernetesException e) when (e.IsAlreadyExists)
        {
        }
    }

    private async Task CreateAsync(WorkerPool pool, string name, PoolMemory memory, CancellationToken cancel)
    {
        try
        {
            workers.Remember(await client.CreateAsync(WorkerPodFactory.MakeIdle(pool, name, options), cancel));
        }
        catch (KubernetesException e) when (e.IsAlreadyExists)
        {
            // Ours, and the cache is behind; or a stranger's, and the pool counts on with the next number.
            var there = await client.GetAsync<V1Pod>(name, pool.Namespace(), cancel);
            if (there?.GetLabel(HearthLabels.Pool) == pool.Name())
                workers.Remember(there);
            else
                memory.TakenNames.Add(name);
            Enqueue(KeyOf(pool));
        }
    }

    private async Task DeleteAsync(WorkerPool pool, PodRemoval removal, CancellationToken cancel)
    {
        await PodWrites.DeleteUnchangedAsync(client, removal.Pod, cancel);
        if (removal.Reason == RemovalReason.Ended)
            await events(pool, "WorkerEnded", $"Worker \"{removal.Pod.Name()}\" is replaced: {PodProblem.Of(removal.Pod)}", true, cancel);
        else if (removal.Reason == RemovalReason.Outdated)
            await events(pool, "WorkerOutdated", $"Worker \"{removal.Pod.Name()}\" is replaced: the pool's spec changed", false, cancel);
    }

    private Task<bool> WriteStatusAsync(WorkerPool pool, WorkerPoolStatus status, CancellationToken cancel) =>
        _status.WriteAsync(pool, pool.Status, status, ApiJsonContext.Default.WorkerPoolStatus, cancel);

    private void Measure(WorkerPool pool, PoolCounts counts, (long Hits, long Misses) coldStarts)
    {
        metrics.RecordWorkers(pool.Namespace(), pool.Name(), WorkerState.Idle, counts.Idle);
        metrics.RecordWorkers(pool.Namespace(), pool.Name(), "starting", counts.Starting);
        metrics.RecordWorkers(pool.Namespace(), pool.Name(), WorkerState.Claimed, counts.Claimed);
        metrics.RecordWorkers(pool.Namespace(), pool.Name(), WorkerState.Assigned, counts.Assigned);
        metrics.CountColdStarts(pool.Namespace(), pool.Name(), coldStarts.Hits, coldStarts.Misses);
    }

    private static ObjectKey KeyOf(WorkerPool pool) => new(pool.Namespace(), pool.Name());
}
