using System.Globalization;
using System.Net;
using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Gateway.Forwarding;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Informers;
using Hearth.Policies.Pods;
using Microsoft.Extensions.Logging;

namespace Hearth.Gateway.Activations;

/// <summary>Brings one worker to serve a function: claim or create, wait until it is Ready, assign.</summary>
internal sealed partial class ActivationRunner(
    WorkerActivator activator, IdleWorkers idle, ClaimTurns turns, IInformer<V1Pod> pods, IInformer<WorkerPool> pools, WorkerConnector connector, TimeProvider time,
    ILogger<ActivationRunner> log)
{
    /// <summary>A worker that reports nothing for this long is given up. Large models report progress while they load.</summary>
    private static readonly TimeSpan StallTimeout = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan FirstApiRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxApiRetry = TimeSpan.FromSeconds(2);

    // The claimer of a pod records its cold start. When it has not done so this long after the worker was ready, it is dead and we do.
    private static readonly TimeSpan ClaimerGrace = TimeSpan.FromSeconds(5);

    // The record wakes everyone who watches pods. The first answer goes before that, unless it takes as long as no caller notices.
    private static readonly TimeSpan RecordWithin = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether the pool of <paramref name="function"/> exists.</summary>
    public bool HasPool(InferenceFunction function) => pools.Get(function.Spec.Pool, function.Namespace()) is not null;

    /// <summary>Whether this gateway, now or before a restart, claimed the pod.</summary>
    public bool IsOurs(V1Pod pod) => pod.GetAnnotation(HearthAnnotations.ClaimedBy) == activator.Identity;

    /// <summary>Runs one activation to its end. Throws only when cancelled.</summary>
    public async Task<ActivationResult> RunAsync(InferenceFunction function, PendingWorker pending, CancellationToken cancel)
    {
        try
        {
            var started = time.GetTimestamp();
            if (await AllocateAsync(function, pending, cancel) is not { } path)
                return ActivationResult.Failed(new(InferenceFunctionConditions.PoolNotFound, $"WorkerPool \"{function.Spec.Pool}\" is gone"));
            if (await pending.WaitUntilReadyAsync(cancel) is not { } pod)
                return Lost("the worker's pod was deleted before it was ready");
            var allocated = time.GetElapsedTime(started);
            Log.Allocated(log, function.Namespace(), function.Name(), pod.Name(), path, allocated.TotalMilliseconds);

            _ = connector.OpenEarlyAsync(pod.DataUri()!, cancel);
            var progress = await AssignAsync(function, pod, pending, cancel);
            if (progress.State == AssignmentState.Ready)
                return ActivationResult.Ready(pod, new(path, allocated, Milliseconds(progress.DeployCodeMs), Milliseconds(progress.DeployDependencyMs), progress.NotBatched));
            var failure = progress.Failure ?? new(AssignmentFailureReason.WorkerLost, $"worker \"{pod.Name()}\" gave no reason", Retriable: true);
            Log.AssignmentFailed(log, function.Namespace(), function.Name(), pod.Name(), failure.Reason, failure.Message);
            return ActivationResult.Failed(failure, pod);
        }
        catch (KubernetesException e)
        {
            Log.ApiRefused(log, e, function.Namespace(), function.Name());
            return ActivationResult.Failed(new(e.Status.Reason ?? "ApiError", $"the API server refused: {e.Message}"));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A fault here must not leave callers waiting for an activation that nobody runs.
            Log.Faulted(log, e, function.Namespace(), function.Name());
            return ActivationResult.Failed(new("GatewayFault", $"the gateway met a fault: {e.Message}", Retriable: true));
        }
    }

    /// <summary>Records on the pod that it serves, however long the API server is away. Not on the request's path.</summary>
    /// <param name="pending">The worker.</param>
    /// <param name="coldStart">How it came to serve.</param>
    /// <param name="notBatched">Why its requests are not batched although that is asked for.</param>
    /// <param name="answered">Completes when it gave its first answer.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task RecordReadyAsync(PendingWorker pending, ColdStart coldStart, string? notBatched, Task answered, CancellationToken cancel)
    {
        if (pending.IsAdopted)
            await Task.Delay(ClaimerGrace, time, cancel);
        else
            await answered.WaitAsync(RecordWithin, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await RecordAsync(pending.Pod!, pod => activator.MarkAssignedAsync(pod, coldStart, cancel, notBatched), cancel);
    }

    /// <summary>Records on the pod that it does not serve, and why.</summary>
    public Task RecordFailedAsync(PendingWorker pending, AssignmentFailure failure, CancellationToken cancel) =>
        RecordAsync(pending.Pod!, pod => activator.MarkFailedAsync(pod, failure, cancel), cancel);

    private async Task RecordAsync(V1Pod pod, Func<V1Pod, Task<V1Pod?>> record, CancellationToken cancel)
    {
        try
        {
            await WithApiAsync(() => record(pod), cancel);
        }
        catch (KubernetesException e)
        {
            Log.NotRecorded(log, e, pod.Namespace(), pod.Name());
        }
    }

    /// <summary>Finds the pod. Null when the function's pool is gone.</summary>
    private async Task<ColdStartPath?> AllocateAsync(InferenceFunction function, PendingWorker pending, CancellationToken cancel)
    {
        if (pending.Pod is { } adopted)
            return WasCreated(adopted) ? ColdStartPath.Create : ColdStartPath.Pool;
        // Before it looks for an idle worker, so that it misses none that turns up meanwhile.
        using var place = idle.Waiters.Join(new(function.Namespace(), function.Spec.Pool), pending.Rank);
        // A user's container is another image than the pool's, so it never finds an idle worker.
        if (function.Spec.Container is null && await WithApiAsync(() => ClaimAsync(function, pending.Rank, cancel), cancel) is { } claimed)
        {
            pending.OnPod(claimed);
            return ColdStartPath.Pool;
        }
        if (pools.Get(function.Spec.Pool, function.Namespace()) is not { } pool)
            return null;
        var owner = WorkerOwner.Of(function);
        var created = await WithApiAsync(() => activator.CreateAsync(owner, pool, idle.NodesWith(owner.Artifact), cancel), cancel);
        pending.OnPod(created);
        // What the informer said before we knew the pod's name did not reach the activation.
        if (pods.Get(created.Name(), created.Namespace()) is { } seen)
            pending.OnPod(seen);
        return function.Spec.Container is null && await TakeIdleBeforeReadyAsync(function, pending, place, cancel) ? ColdStartPath.Pool : ColdStartPath.Create;
    }

    /// <summary>
    /// While the pod that was made for a miss is not Ready (it may never be, where no node has room for it), takes an idle worker that turns up, and gives the pod up. Returns
    /// whether it did.
    /// </summary>
    private async Task<bool> TakeIdleBeforeReadyAsync(InferenceFunction function, PendingWorker pending, IdleWaiters.Place place, CancellationToken cancel)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var ready = pending.WaitUntilReadyAsync(over.Token);
        try
        {
            while (await Task.WhenAny(ready, place.Woken).WaitAsync(cancel) != ready)
            {
                place.Rearm();
                var created = pending.Pod!;
                pending.BeginClaim();
                var claimed = await WithApiAsync(() => ClaimAsync(function, pending.Rank, cancel), cancel);
                pending.EndClaim(claimed);
                if (claimed is null)
                    continue;
                Log.GaveUp(log, function.Namespace(), function.Name(), created.Name(), claimed.Name());
                _ = RecordAsync(created, pod => activator.GiveUpAsync(pod, cancel), cancel);
                return true;
            }
            return false;
        }
        finally
        {
            await over.CancelAsync();
            await ((Task)ready).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<V1Pod?> ClaimAsync(InferenceFunction function, int has, CancellationToken cancel)
    {
        var (owner, ns, pool) = (WorkerOwner.Of(function), function.Namespace(), function.Spec.Pool);
        using var turn = await turns.TakeAsync(new(ns, pool), new(ns, function.Name()), has, cancel);
        return await activator.ClaimAsync(owner, idle.Take(ns, pool, owner.Artifact, owner.Model), cancel);
    }

    private async Task<AssignmentProgress> AssignAsync(
        InferenceFunction function, V1Pod pod, PendingWorker pending, CancellationToken cancel)
    {
        using var stall = new CancellationTokenSource(StallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, stall.Token);
        try
        {
            return await activator.AssignAsync(pod, FunctionAssignment.Of(function), OnProgress, either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new()
            {
                State = AssignmentState.Failed,
                Failure = new(AssignmentFailureReason.DeadlineExceeded, $"worker \"{pod.Name()}\" reported nothing for {StallTimeout.TotalSeconds} s", true),
            };
        }

        void OnProgress(AssignmentProgress progress)
        {
            stall.CancelAfter(StallTimeout);
            pending.OnProgress(progress);
        }
    }

    /// <summary>Repeats a call while the API server cannot be reached.</summary>
    private async Task<T> WithApiAsync<T>(Func<Task<T>> call, CancellationToken cancel)
    {
        for (var delay = FirstApiRetry; ; delay = delay * 2 < MaxApiRetry ? delay * 2 : MaxApiRetry)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (e is HttpRequestException || e is KubernetesException { Code: >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests })
            {
                Log.ApiUnreachable(log, e, delay.TotalMilliseconds);
                idle.Reset();
            }
            await Task.Delay(delay, time, cancel);
        }
    }

    /// <summary>A pod made for its function was claimed the moment it was created; one from the pool later.</summary>
    private static bool WasCreated(V1Pod pod) =>
        DateTimeOffset.TryParse(pod.GetAnnotation(HearthAnnotations.LastUsed), CultureInfo.InvariantCulture, out var claimed)
        && pod.Metadata.CreationTimestamp is { } created
        && claimed - created <= TimeSpan.FromSeconds(1);

    private static ActivationResult Lost(string message) =>
        ActivationResult.Failed(new(AssignmentFailureReason.WorkerLost, message, Retriable: true));

    private static TimeSpan Milliseconds(double? value) => TimeSpan.FromMilliseconds(value ?? 0);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Function {Namespace}/{Name} got pod {Pod} ({Path}) in {Milliseconds} ms")]
        public static partial void Allocated(
            ILogger logger, string @namespace, string name, string pod, ColdStartPath path, double milliseconds);

        [LoggerMessage(2, LogLevel.Warning, "Function {Namespace}/{Name} could not be assigned to pod {Pod}: {Reason}: {Message}")]
        public static partial void AssignmentFailed(
            ILogger logger, string @namespace, string name, string pod, string reason, string message);

        [LoggerMessage(3, LogLevel.Error, "The API server refused a worker for function {Namespace}/{Name}")]
        public static partial void ApiRefused(ILogger logger, Exception error, string @namespace, string name);

        [LoggerMessage(4, LogLevel.Warning, "The API server cannot be reached; trying again in {Milliseconds} ms")]
        public static partial void ApiUnreachable(ILogger logger, Exception error, double milliseconds);

        [LoggerMessage(7, LogLevel.Information, "Function {Namespace}/{Name} gives up pod {Created}, which is not Ready, for idle worker {Claimed}")]
        public static partial void GaveUp(ILogger logger, string @namespace, string name, string created, string claimed);

        [LoggerMessage(6, LogLevel.Error, "An activation of function {Namespace}/{Name} met a fault of the gateway")]
        public static partial void Faulted(ILogger logger, Exception error, string @namespace, string name);

        [LoggerMessage(5, LogLevel.Error, "The cold start of pod {Namespace}/{Pod} could not be recorded")]
        public static partial void NotRecorded(ILogger logger, Exception error, string @namespace, string pod);
    }
}
