using System.Collections.Concurrent;
using Hearth.Activation;
using Hearth.Api;
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
        var seen = Observe(function, pool, memory);
        var plan = FunctionPlanner.Plan(seen);
        memory.Scaling = plan.Scale.State ?? KnativeState.Calm;

        foreach (var worker in plan.Adopt)
            await failures.RunAsync(async () => workers.Remember(await PodWrites.AdoptAsync(client, worker, function.MakeOwnerReference(), cancel)));
        var isTaken = false;
        for (var i = 0; i < plan.Activate; i++)
            isTaken |= await failures.RunMakingAsync(() => activations.TakeAsync(WorkerOwner.Of(function), pool!, cancel));
        foreach (var worker in plan.Assign)
            activations.Assign(worker, FunctionAssignment.Of(function), () => Enqueue(KeyOf(function)));
        foreach (var (worker, failure) in memory.TakeNewFailures())
            await events(function, failure.Reason, $"Worker \"{worker}\": {failure.Message}", true, cancel);
        await failures.RunAsync(() => _endpoints.EnsureAsync(function, gateways.Url, cancel));
        var isTold = await failures.RunAsync(() => WriteStatusAsync(function, MakeFunctionStatus.Of(seen, plan, gateways.Url, failures.Message), cancel));
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

    private FunctionObservation Observe(InferenceFunction function, WorkerPool? pool, FunctionMemory memory)
    {
        var now = time.GetUtcNow();
        var pods = workers.OfOwner(HearthLabels.Function, function.Namespace(), function.Name());
        var hash = FunctionHash.Of(function.Spec);
        memory.See(hash, pods, now);
        var load = history.Get(function.Namespace(), function.Name(), now);
        var decision = memory.KeepAlive.Decide(fleet, function, load, history.TakeIdleTimes(function.Namespace(), function.Name()), pods, now);
        return new()
        {
            Function = function,
            Hash = hash,
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
            ActivateFrom = memory.Activation.OpensAt,
            Now = now,
        };
    }

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
