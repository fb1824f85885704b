using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Kubernetes.Client;

namespace Hearth.Cli.Demos;

/// <summary>Waits for pools of namespace <c>default</c>.</summary>
internal sealed class PoolControl(IKubernetesClient client, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(5);

    private readonly Patience _patience = new(time, Limit, Period);

    /// <summary>Idle workers that a pool keeps.</summary>
    /// <exception cref="CommandException">There is no such pool, or it keeps none.</exception>
    public async Task<int> ReadWarmAsync(string pool, CancellationToken cancel) =>
        await client.GetAsync<WorkerPool>(pool, DemoObjects.Namespace, cancel) is { Spec.Warm.Min: > 0 and var warm }
            ? warm
            : throw new CommandException($"the demo needs a WorkerPool \"{pool}\" in namespace \"{DemoObjects.Namespace}\" with spec.warm.min above 0.");

    /// <summary>
    /// Waits until a pool has its <paramref name="count"/> idle workers and no others: one that starts or ends takes CPU from what is measured.
    /// </summary>
    /// <exception cref="CommandException">That does not come about.</exception>
    public Task WaitForCalmAsync(string pool, int count, CancellationToken cancel) => _patience.WaitAsync(
        async () => await ListAsync(pool, cancel) is var workers && workers.Count == count && workers.All(IsIdle),
        async () => $"pool \"{pool}\" to have {count} idle workers; it says: {Patience.Describe(await ReadAsync(pool, cancel))}",
        cancel);

    private async Task<IReadOnlyList<V1Pod>> ListAsync(string pool, CancellationToken cancel) =>
        (await client.ListAsync<V1Pod>(DemoObjects.Namespace, new() { LabelSelector = $"{HearthLabels.Pool}={pool}" }, cancel)).Items;

    private async Task<IReadOnlyList<V1Condition>?> ReadAsync(string pool, CancellationToken cancel) =>
        (await client.GetAsync<WorkerPool>(pool, DemoObjects.Namespace, cancel))?.Status?.Conditions;

    private static bool IsIdle(V1Pod pod) =>
        !pod.IsDeleting() && pod.GetLabel(HearthLabels.WorkerState) == WorkerState.Idle
        && pod.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: ConditionStatus.True }) == true;
}
