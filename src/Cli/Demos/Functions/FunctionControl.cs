using System.Net;
using System.Text.Json.Nodes;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Cli.Demos.Serving;
using Hearth.Kubernetes.Client;

namespace Hearth.Cli.Demos.Functions;

/// <summary>Brings functions of namespace <c>default</c> into the states that the demo shows and measures.</summary>
internal sealed class FunctionControl(IKubernetesClient client, PoolControl pools, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(5);

    private readonly Patience _patience = new(time, Limit, Period);

    /// <summary>Waits until a function is ready to be invoked.</summary>
    public Task WaitForReadyAsync(string function, CancellationToken cancel) => _patience.WaitAsync(
        async () => (await ReadAsync(function, cancel)).Any(c => c is { Type: InferenceFunctionConditions.Ready, Status: ConditionStatus.True }),
        async () => $"function \"{function}\" to be ready; it says: {Patience.Describe(await ReadAsync(function, cancel))}",
        cancel);

    /// <summary>Waits until no worker serves a function any more.</summary>
    public Task WaitForZeroAsync(string function, CancellationToken cancel) => _patience.WaitAsync(
        async () => (await ListWorkersAsync($"{HearthLabels.Function}={function}", cancel)).Count == 0,
        async () => $"function \"{function}\" to have no workers; it says: {Patience.Describe(await ReadAsync(function, cancel))}",
        cancel);

    /// <summary>Takes a function's workers away and lets it be invoked again.</summary>
    public async Task ReleaseAsync(string function, string pool, int warm, CancellationToken cancel)
    {
        await SuspendAsync(function, true, cancel);
        await WaitForZeroAsync(function, cancel);
        await pools.WaitForCalmAsync(pool, warm, cancel);
        await SuspendAsync(function, false, cancel);
    }

    /// <summary>Sets how long a function's unused workers stay.</summary>
    public Task SetKeepAliveAsync(string function, TimeSpan duration, CancellationToken cancel)
    {
        var keepAlive = new JsonObject { ["duration"] = KubernetesDurationConverter.Format(duration) };
        return PatchSpecAsync(function, new JsonObject { ["scale"] = new JsonObject { ["keepAlive"] = keepAlive } }, cancel);
    }

    /// <summary>Runs <paramref name="invoke"/>, again while the gateway has not heard that the function is no longer suspended.</summary>
    /// <exception cref="CommandException">It has not heard in a minute.</exception>
    public async Task<Answer> InvokeResumedAsync(Func<Task<Answer>> invoke, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await invoke();
            }
            catch (FunctionException e) when (e.Status == HttpStatusCode.Conflict)
            {
                if (time.GetElapsedTime(started) > Limit)
                    throw new CommandException($"waited {Limit.TotalSeconds:0} s for the gateway to resume a function; it says: {e.Message}");
                await Task.Delay(Period, time, cancel);
            }
        }
    }

    private Task<InferenceFunction> SuspendAsync(string function, bool suspend, CancellationToken cancel) =>
        PatchSpecAsync(function, new JsonObject { ["suspend"] = suspend }, cancel);

    private Task<InferenceFunction> PatchSpecAsync(string function, JsonObject spec, CancellationToken cancel) =>
        client.PatchAsync<InferenceFunction>(function, DemoObjects.Namespace, new(new JsonObject { ["spec"] = spec }), cancel: cancel);

    private async Task<IReadOnlyList<V1Pod>> ListWorkersAsync(string selector, CancellationToken cancel) =>
        (await client.ListAsync<V1Pod>(DemoObjects.Namespace, new() { LabelSelector = selector }, cancel)).Items;

    private async Task<IReadOnlyList<V1Condition>> ReadAsync(string function, CancellationToken cancel) =>
        (await client.GetAsync<InferenceFunction>(function, DemoObjects.Namespace, cancel))?.Status?.Conditions ?? [];
}
