using System.Collections.Concurrent;
using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Apps;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Informers;
using Hearth.Operator.Gateways;
using Hearth.Operator.Status;
using Hearth.Operator.Workers;
using Hearth.Policies.KeepAlive;
using Hearth.Policies.Pods;
using Hearth.Policies.Revisions;
using Hearth.Policies.Scaling;
using Hearth.Policies.Schedules;

namespace Hearth.Operator.InferenceFunctions;

/// <summary>Keeps every function between its bounds, and tells how it is.</summary>
internal sealed class InferenceFunctionController(
    IKubernetesClient client,
    WorkerCache workers,
    IInformer<WorkerPool> pools,
    IInformer<InferenceFunction> functions,
    WorkerActivations activations,
    WorkerReleases releases,
    LoadHistory history,
    KeepAliveFleet fleet,
    RevisionStore revisions,
    GatewayDirectory gateways,
    string identity,
    EventPublisher events,
    TimeProvider time) : IEntityController<InferenceFunction>
{
    private readonly StatusWriter _status = new(client);
    private readonly DaprEndpoints _endpoints = new(client, events, time);
    private readonly ConcurrentDictionary<string, FunctionMemory> _memories = new();

    /// <summary>Wakes this controller for a function; set when it joins its host.</summary>
    public Action<ObjectKey> Enqueue { get; set; } = _ => { };

    /// <inheritdoc/>
    public async Task<ReconciliationResult<InferenceFunction>> ReconcileAsync(InferenceFunction function, CancellationToken cancel)
    {
        if (function.IsDeleting())
            return ReconciliationResult<InferenceFunction>.Success(function);
        var failures = new StepFailures();
        var faults = InferenceFunctionValidation.Validate(function).ToArray();
        if (faults.Length > 0)
        {
            await failures.RunAsync(() => WriteStatusAsync(function, MakeFunctionStatus.Invalid(function, faults, time.GetUtcNow()), cancel));
            return failures.ToResult(function, null);
        }

        var pool = pools.Get(function.Spec.Pool, function.Namespace()) is { } found && !found.IsDeleting() ? found : null;
        var memory = _memories.GetOrAdd(function.Uid(), _ => new());
        // What was asked before a pause says nothing about what will be asked after it.
        if (function.Spec.Suspend)
            history.Forget(function.Namespace(), function.Name());
        var stored = revisions.Of(function);
        var seen = Observe(function, pool, memory, stored);
        var plan = FunctionPlanner.Plan(seen);
        memory.See(plan, seen.Now);

        // A function that never had a worker has nothing to go back to.
        if (stored.Count > 0 || seen.Workers.Count > 0 || plan.Activate > 0)
            await failures.RunMakingAsync(() => revisions.KeepAsync(RevisionHistory.Plan(function, seen.Hash, stored, Used(seen, plan)), cancel));
        foreach (var worker in plan.Adopt)
            await failures.RunAsync(async () => workers.Remember(await PodWrites.AdoptAsync(client, worker, function.MakeOwnerReference(), cancel)));
        var isTaken = false;
        foreach (var revision in plan.Activations.SelectMany(a => Enumerable.Repeat(seen.Revisions[a.Key], a.Value)))
            isTaken |= await failures.RunMakingAsync(() => TakeAsync(revision, cancel));
        foreach (var worker in plan.Assign)
        {
            if (seen.Revisions.TryGetValue(FunctionWorkers.RevisionOf(worker), out var revision))
                activations.Assign(worker, FunctionAssignment.Of(revision), () => Enqueue(KeyOf(function)));
        }
        if (plan.Replace.Count > 0)
            await events(function, InferenceFunctionConditions.Recreating, NoGpu(plan), false, cancel);
        foreach (var (worker, failure) in memory.TakeNewFailures())
            await events(function, failure.Reason, $"Worker \"{worker}\": {failure.Message}", true, cancel);
        await failures.RunAsync(() => _endpoints.EnsureAsync(function, gateways.Url, cancel));
        var isTold = await failures.RunAsync(() => WriteStatusAsync(function, MakeStatus(seen, plan, memory, failures.Message), cancel));
        // A failed worker has the only copy of why it failed until the status has one.
        foreach (var (worker, reason) in isTold ? plan.Release : [])
            releases.Start(worker, reason, () => Enqueue(KeyOf(function)));
        // What was taken is to be assigned. What was not is a failure, which the queue tries again with back-off.
        if (isTaken)
            Enqueue(KeyOf(function));
        return failures.ToResult(function, plan.RecheckAfter);
    }

    /// <inheritdoc/>
    public Task<ReconciliationResult<InferenceFunction>> DeletedAsync(InferenceFunction function, CancellationToken cancel)
    {
        _memories.TryRemove(function.Uid(), out _);
        _endpoints.Forget(function);
        fleet.Forget(function.Uid());
        history.Forget(function.Namespace(), function.Name());
        return Task.FromResult(ReconciliationResult<InferenceFunction>.Success(function));
    }

    private FunctionObservation Observe(InferenceFunction function, WorkerPool? pool, FunctionMemory memory, IReadOnlyList<V1ControllerRevision> stored)
    {
        var now = time.GetUtcNow();
        var pods = workers.OfOwner(HearthLabels.Function, function.Namespace(), function.Name());
        var hash = FunctionHash.Of(function.Spec);
        var known = RevisionStore.Read(function, hash, stored);
        memory.See(hash, pods, now);
        var load = history.Get(function.Namespace(), function.Name(), now);
        var decision = memory.KeepAlive.Decide(fleet, function, load, history.TakeIdleTimes(function.Namespace(), function.Name()), pods, now);
        return new()
        {
            Function = function,
            Hash = hash,
            Revisions = known,
            Ready = StoredRevision.HashOf(function.Name(), function.Status?.LatestReadyRevision) is { } ready && known.ContainsKey(ready) ? ready : null,
            IsToldToFail = function.Status?.LatestCreatedRevision == StoredRevision.NameOf(function.Name(), hash)
                && Condition(function.Status, InferenceFunctionConditions.ModelLoaded)?.Status == ConditionStatus.False,
            Routed = memory.Routed,
            Replaced = memory.Replaced,
            GpuResource = pool?.Spec.Resources is { Gpu: > 0 } resources ? resources.GpuResourceName : null,
            Workers = pods,
            PoolExists = pool is not null,
            Fallback = function.Spec.Fallback is { } fallback ? functions.Get(fallback, function.Namespace()) : null,
            Load = load,
            Scaling = memory.Scaling,
            KeepAlive = decision,
            PreWarm = PreWarming.Decide(function.Spec.Scale.PreWarm, decision.PreWarm, load.LastActive, now),
            Spare = fleet.Spare(function.Uid(), function.Spec.Scale.KeepAlive, now),
            Identity = identity,
            Assigning = activations.UnderWay(pods),
            Releasing = releases.UnderWay(pods),
            ActivateFrom = memory.ActivateFrom,
            Now = now,
        };
    }

    private InferenceFunctionStatus MakeStatus(FunctionObservation seen, FunctionPlan plan, FunctionMemory memory, string? trouble)
    {
        var status = MakeFunctionStatus.Of(seen, plan, gateways.Url, trouble);
        status.LearntIdleTimes = memory.KeepAlive.Tell(
            fleet, seen.Function, () => StatusWriter.Difference(seen.Function.Status, status, ApiJsonContext.Default.InferenceFunctionStatus) is not null, seen.Now);
        return status;
    }

    private async Task TakeAsync(InferenceFunction revision, CancellationToken cancel)
    {
        // An old revision may be of another pool than the function is now, and that pool gone.
        if (pools.Get(revision.Spec.Pool, revision.Namespace()) is { } pool && !pool.IsDeleting())
            await activations.TakeAsync(WorkerOwner.Of(revision), pool, cancel);
    }

    /// <summary>Revisions that stay whatever the history's limit.</summary>
    private static HashSet<string> Used(FunctionObservation seen, FunctionPlan plan) =>
    [
        .. plan.Rollout.Routes.SelectMany(route => new[] { route.Asked, route.Served }).OfType<string>(),
        .. seen.Workers.Select(FunctionWorkers.RevisionOf),
        .. plan.Rollout.Ready is { } ready ? [ready] : Array.Empty<string>(),
    ];

    private static string NoGpu(FunctionPlan plan) =>
        $"No node has a GPU for worker \"{plan.Replace[0].Name()}\" beside the old ones, so an old one goes first";

    private async Task WriteStatusAsync(InferenceFunction function, InferenceFunctionStatus status, CancellationToken cancel)
    {
        if (!await _status.WriteAsync(function, function.Status, status, ApiJsonContext.Default.InferenceFunctionStatus, cancel))
            return;
        var ready = Condition(status, InferenceFunctionConditions.Ready)!;
        // A model that does not load has had its event, from the worker that tried.
        if (ready.Reason == Condition(function.Status, InferenceFunctionConditions.Ready)?.Reason
            || ready.Reason == Condition(status, InferenceFunctionConditions.ModelLoaded)?.Reason)
        {
            return;
        }
        var isWarning = ready.Reason is InferenceFunctionConditions.PoolNotFound or InferenceFunctionConditions.InvalidSpec;
        await events(function, ready.Reason, ready.Message, isWarning, cancel);
    }

    private static V1Condition? Condition(InferenceFunctionStatus? status, string type) => status?.Conditions?.FirstOrDefault(c => c.Type == type);

    private static ObjectKey KeyOf(InferenceFunction function) => new(function.Namespace(), function.Name());
}
