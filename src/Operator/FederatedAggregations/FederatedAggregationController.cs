using System.Collections.Concurrent;
using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Informers;
using Hearth.Operator.Gateways;
using Hearth.Operator.Status;
using Hearth.Operator.Workers;

namespace Hearth.Operator.FederatedAggregations;

/// <summary>Keeps one aggregator at work for every federation that has rounds to go, and tells how far it is.</summary>
internal sealed class FederatedAggregationController(
    IKubernetesClient client,
    WorkerCache workers,
    IInformer<WorkerPool> pools,
    WorkerActivations activations,
    WorkerReleases releases,
    AggregatorReader reader,
    GatewayDirectory gateways,
    EventPublisher events,
    TimeProvider time) : IEntityController<FederatedAggregation>
{
    private readonly StatusWriter _status = new(client);
    private readonly FederationEvents _events = new(events);
    private readonly ConcurrentDictionary<string, FederationMemory> _memories = new();

    /// <summary>Wakes this controller for a federation; set when it joins its host.</summary>
    public Action<ObjectKey> Enqueue { get; set; } = _ => { };

    /// <inheritdoc/>
    public async Task<ReconciliationResult<FederatedAggregation>> ReconcileAsync(FederatedAggregation federation, CancellationToken cancel)
    {
        if (federation.IsDeleting())
            return ReconciliationResult<FederatedAggregation>.Success(federation);
        var failures = new StepFailures();
        var memory = _memories.GetOrAdd(federation.Uid(), _ => new());
        var faults = FederatedAggregationValidation.Validate(federation).ToArray();
        if (faults.Length > 0)
        {
            await failures.RunAsync(() => WriteStatusAsync(federation, memory, MakeFederationStatus.Invalid(federation, faults, time.GetUtcNow()), cancel));
            return failures.ToResult(federation, null);
        }

        var pool = pools.Get(federation.Spec.Pool, federation.Namespace()) is { } found && !found.IsDeleting() ? found : null;
        var seen = await ObserveAsync(federation, pool, memory, cancel);
        var plan = FederationPlanner.Plan(seen);
        memory.See(plan.Lost, seen.Now);

        if (plan.Adopt is { } stray)
            await failures.RunAsync(async () => workers.Remember(await PodWrites.AdoptAsync(client, stray, federation.MakeOwnerReference(), cancel)));
        var isTaken = plan.Take && await failures.RunMakingAsync(() => activations.TakeAsync(AggregatorClaim.Owner(federation), pool!, cancel));
        if (plan.Assign is { } worker)
            activations.Assign(worker, AggregatorClaim.Assignment(federation), () => Enqueue(KeyOf(federation)));
        var told = seen with { TakeFrom = memory.Taking.OpensAt };
        var isTold = await failures.RunAsync(
            () => WriteStatusAsync(federation, memory, MakeFederationStatus.Of(told, plan, gateways.Url, failures.Message), cancel));
        // A failed worker has the only copy of why it failed until the status has one.
        foreach (var (released, reason) in isTold ? plan.Release : [])
        {
            if (plan.Lost.Contains(released))
                memory.Abandoned.Add(released.Uid());
            releases.Start(released, reason, () => Enqueue(KeyOf(federation)));
        }
        // What was taken is to be assigned. What was not is a failure, which the queue tries again with back-off.
        if (isTaken)
            Enqueue(KeyOf(federation));
        return failures.ToResult(federation, plan.RecheckAfter);
    }

    /// <inheritdoc/>
    public Task<ReconciliationResult<FederatedAggregation>> DeletedAsync(FederatedAggregation federation, CancellationToken cancel)
    {
        _memories.TryRemove(federation.Uid(), out _);
        return Task.FromResult(ReconciliationResult<FederatedAggregation>.Success(federation));
    }

    private async Task<FederationObservation> ObserveAsync(
        FederatedAggregation federation, WorkerPool? pool, FederationMemory memory, CancellationToken cancel)
    {
        var pods = workers.OfOwner(HearthLabels.Federation, federation.Namespace(), federation.Name());
        var hash = AggregatorClaim.Hash(federation);
        memory.See(hash);
        var releasing = releases.UnderWay(pods);
        memory.Abandoned.IntersectWith(pods.Select(p => p.Uid()));
        var reports = new Dictionary<string, AggregatorReport>();
        foreach (var pod in pods.Where(p => p.State() == WorkerState.Assigned && !p.IsGone() && !releasing.Contains(p.Uid())))
            reports[pod.Uid()] = await reader.ReadAsync(pod, memory, cancel);
        return new()
        {
            Federation = federation,
            Before = memory.Written ?? federation.Status,
            Hash = hash,
            Workers = pods,
            Reports = reports,
            PoolExists = pool is not null,
            Assigning = activations.UnderWay(pods),
            Releasing = releasing,
            Abandoned = memory.Abandoned.ToHashSet(),
            TakeFrom = memory.Taking.OpensAt,
            Now = time.GetUtcNow(),
        };
    }

    private async Task WriteStatusAsync(
        FederatedAggregation federation, FederationMemory memory, FederatedAggregationStatus status, CancellationToken cancel)
    {
        var before = memory.Written ?? federation.Status;
        await _status.WriteAsync(federation, federation.Status, status, ApiJsonContext.Default.FederatedAggregationStatus, cancel);
        memory.Written = status;
        await _events.PublishAsync(federation, before, status, cancel);
    }

    private static ObjectKey KeyOf(FederatedAggregation federation) => new(federation.Namespace(), federation.Name());
}
