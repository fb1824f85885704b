using System.Net;
using System.Text.Json.Nodes;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Kubernetes.Client;

namespace Hearth.Cli.Demos.Functions;

/// <summary>Brings functions and pools of namespace <c>default</c> into the states that the demo shows and measures.</summary>
internal sealed class FunctionControl(IKubernetesClient client, TimeProvider time)
{
    private const string Namespace = "default";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(5);

    /// <summary>Idle workers that a pool keeps.</summary>
    /// <exception cref="CommandException">There is no such pool, or it keeps none.</exception>
    public async Task<int> ReadWarmAsync(string pool, CancellationToken cancel) =>
        await client.GetAsync<WorkerPool>(pool, Namespace, cancel) is { Spec.Warm.Min: > 0 and var warm }
            ? warm
            : throw new CommandException($"the demo needs a WorkerPool \"{pool}\" in namespace \"{Namespace}\" with spec.warm.min above 0.");

    /// <summary>
    /// Waits until a pool has its <paramref name="count"/> idle workers and no others: one that starts or ends takes CPU from what is measured.
    /// </summary>
    public Task WaitForCalmAsync(string pool, int count, CancellationToken cancel) => WaitAsync(
        async () => await ListWorkersAsync($"{HearthLabels.Pool}={pool}", cancel) is var workers && workers.Count == count && workers.All(IsIdle),
        async () => $"pool \"{pool}\" to have {count} idle workers; it says: {Describe(await ReadPoolAsync(pool, cancel))}",
        cancel);

    /// <summary>Waits until a function is ready to be invoked.</summary>
    public Task WaitForReadyAsync(string function, CancellationToken cancel) => WaitAsync(
        async () => (await ReadAsync(function, cancel)).Any(c => c is { Type: InferenceFunctionConditions.Ready, Status: ConditionStatus.True }),
        async () => $"function \"{function}\" to be ready; it says: {Describe(await ReadAsync(function, cancel))}",
        cancel);

    /// <summary>Waits until no worker serves a function any more.</summary>
    public Task WaitForZeroAsync(string function, CancellationToken cancel) => WaitAsync(
        async () => (await ListWorkersAsync($"{HearthLabels.Function}={function}", cancel)).Count == 0,
        async () => $"function \"{function}\" to have no workers; it says: {Describe(await ReadAsync(function, cancel))}",
        cancel);

    /// <summary>Takes a function's workers away and lets it be invoked again.</summary>
    public async Task ReleaseAsync(string function, string pool, int warm, CancellationToken cancel)
    {
        await SuspendAsync(function, true, cancel);
        await WaitForZeroAsync(function, cancel);
        await WaitForCalmAsync(pool, warm, cancel);
        await SuspendAsync(function, false, cancel);
    }

    /// <summary>Sets how long a function's unused workers stay.</summary>
    public Task SetKeepAliveAsync(string function, TimeSpan duration, CancellationToken cancel)
    {
        var keepAlive = new JsonObject { ["duration"] = KubernetesDurationConverter.Format(duration) };
        return PatchSpecAsync(function, new JsonObject { ["scale"] = new JsonObject { ["keepAlive"] = keepAlive } }, cancel);
    }

    /// <summary>Runs <paramref name="invoke"/>, again for as long as the gateway has not heard that the function is no longer suspended.</summary>
    public async Task<Answer> InvokeResumedAsync(Func<Task<Answer>> invoke, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return await invoke();
            }
            catch (FunctionException e) when (e.Status == HttpStatusCode.Conflict)
            {
                await Task.Delay(Period, time, cancel);
            }
        }
    }

    private Task<InferenceFunction> SuspendAsync(string function, bool suspend, CancellationToken cancel) =>
        PatchSpecAsync(function, new JsonObject { ["suspend"] = suspend }, cancel);

    private Task<InferenceFunction> PatchSpecAsync(string function, JsonObject spec, CancellationToken cancel) =>
        client.PatchAsync<InferenceFunction>(function, Namespace, new(new JsonObject { ["spec"] = spec }), cancel: cancel);

    private async Task<IReadOnlyList<V1Pod>> ListWorkersAsync(string selector, CancellationToken cancel) =>
        (await client.ListAsync<V1Pod>(Namespace, new() { LabelSelector = selector }, cancel)).Items;

    private async Task<IReadOnlyList<V1Condition>?> ReadPoolAsync(string pool, CancellationToken cancel) =>
        (await client.GetAsync<WorkerPool>(pool, Namespace, cancel))?.Status?.Conditions;

    private async Task<IReadOnlyList<V1Condition>> ReadAsync(string function, CancellationToken cancel) =>
        (await client.GetAsync<InferenceFunction>(function, Namespace, cancel))?.Status?.Conditions ?? [];

    private static bool IsIdle(V1Pod pod) =>
        !pod.IsDeleting() && pod.GetLabel(HearthLabels.WorkerState) == WorkerState.Idle
        && pod.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: ConditionStatus.True }) == true;

    private static string Describe(IReadOnlyList<V1Condition>? conditions) =>
        conditions is { Count: > 0 } ? string.Join("; ", conditions.Select(c => $"{c.Type}={c.Status} {c.Reason} {c.Message}")) : "nothing yet";

    private async Task WaitAsync(Func<Task<bool>> holds, Func<Task<string>> what, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        while (!await holds())
        {
            if (time.GetElapsedTime(started) > Limit)
                throw new CommandException($"waited {Limit.TotalSeconds:0} s for {await what()}");
            await Task.Delay(Period, time, cancel);
        }
    }
}
