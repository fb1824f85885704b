using System.Collections.Concurrent;
using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
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
using Hearth.Policies.Aggregation;

namespace Hearth.Operator.FederatedAggregations;

/// <summary>Keeps aggregators at work for every federation that has rounds to go, as many as its rounds need, and tells how far they are.</summary>
internal sealed class FederatedAggregationController(
    IKubernetesClient client,
    WorkerCache workers,
    IInformer<WorkerPool> pools,
    WorkerActivations activations,
    WorkerReleases releases,
    AggregatorReader reader,
    FederationTrees trees,
    GatewayDirectory gateways,
    FederationActivity activity,
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
        var tree = TreePlanner.Plan(seen, plan);
        memory.See(plan.Lost, seen.Now);
        memory.Tree.See(tree, plan.Report?.Progress?.Federation?.Round ?? 0, seen.Now);

        var goesOn = await ActAsync(federation, pool, plan, tree, memory, failures, cancel);
        var told = seen with { TakeFrom = memory.Taking.OpensAt, Tree = trees.Observe(federation, null, memory.Tree) };
        var status = MakeFederationStatus.Of(told, plan, tree, gateways.Url, failures.Message);
        var isTold = await failures.RunAsync(() => WriteStatusAsync(federation, memory, status, cancel));
        if (isTold)
            memory.Tree.OnCounted(isPublished: MakeTreeStatus.Published(status, seen.Before) > 0);
        // A failed worker has the only copy of why it failed until the status has one.
        foreach (var (released, reason) in isTold ? plan.Release.Concat(tree.Release) : [])
            Release(federation, released, reason, plan.Lost.Contains(released), memory);
        // What was taken is to be assigned, and a top that takes plans gets its leaves. What was not is a failure, which the queue tries again with back-off.
        if (goesOn)
            Enqueue(KeyOf(federation));
        return failures.ToResult(federation, new[] { plan.RecheckAfter, tree.RecheckAfter }.Min());
    }

    /// <inheritdoc/>
    public Task<ReconciliationResult<FederatedAggregation>> DeletedAsync(FederatedAggregation federation, CancellationToken cancel)
    {
        _memories.TryRemove(federation.Uid(), out _);
        return Task.FromResult(ReconciliationResult<FederatedAggregation>.Success(federation));
    }

    /// <summary>Returns whether there is more to do at once: a worker was taken, or a plan.</summary>
    private async Task<bool> ActAsync(
        FederatedAggregation federation, WorkerPool? pool, FederationPlan plan, TreePlan tree, FederationMemory memory, StepFailures failures, CancellationToken cancel)
    {
        foreach (var stray in new[] { plan.Adopt }.OfType<V1Pod>().Concat(tree.Adopt))
            await failures.RunAsync(async () => workers.Remember(await PodWrites.AdoptAsync(client, stray, federation.MakeOwnerReference(), cancel)));
        var isTaken = false;
        foreach (var place in (plan.Take ? [new AggregatorPlace(HierarchyPlanner.Top, null)] : Array.Empty<AggregatorPlace>()).Concat(tree.Take))
            isTaken |= await failures.RunMakingAsync(() => trees.TakeAsync(federation, pool!, place, memory.Tree, cancel));
        foreach (var worker in new[] { plan.Assign }.OfType<V1Pod>().Concat(tree.Assign))
            trees.Assign(federation, worker, () => Enqueue(KeyOf(federation)));
        if (tree.Wire is { } wire)
            await failures.RunAsync(async () => isTaken |= await trees.TellAsync(plan.Aggregator!, wire, memory.Tree, cancel));
        return isTaken;
    }

    private void Release(FederatedAggregation federation, V1Pod worker, ReleaseReason reason, bool isAbandoned, FederationMemory memory)
    {
        if (isAbandoned)
            memory.Abandoned.Add(worker.Uid());
        releases.Start(worker, reason, () => Enqueue(KeyOf(federation)));
    }

    private async Task<FederationObservation> ObserveAsync(
        FederatedAggregation federation, WorkerPool? pool, FederationMemory memory, CancellationToken cancel)
    {
        var pods = workers.OfOwner(HearthLabels.Federation, federation.Namespace(), federation.Name());
        var hash = AggregatorClaim.Hash(federation);
        memory.See(hash);
        var releasing = releases.UnderWay(pods);
        memory.Abandoned.IntersectWith(pods.Select(p => p.Uid()));
        var asked = pods.Where(p => p.State() == WorkerState.Assigned && !p.IsGone() && !releasing.Contains(p.Uid())).ToArray();
        var reports = await reader.ReadAsync(asked, memory, cancel);
        if (asked.Where(p => !p.IsLeaf()).Select(p => reports[p.Uid()].Progress?.Federation).FirstOrDefault(p => p is not null) is { } progress)
            memory.Tree.See(progress, federation.Spec.Clients.MinPerRound, time.GetUtcNow());
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
            Tree = trees.Observe(federation, pool, memory.Tree),
            IdleFor = activity.IdleFor(KeyOf(federation)),
            IsAsked = activity.IsAsking(KeyOf(federation)),
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
