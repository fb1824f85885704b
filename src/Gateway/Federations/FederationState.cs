using System.Collections.Frozen;
using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Api.Workers;

namespace Hearth.Gateway.Federations;

/// <summary>A federation and its aggregators, kept current by the informers.</summary>
internal sealed class FederationState(FederatedAggregation federation)
{
    private readonly Lock _gate = new();
    private readonly List<AggregatorEndpoint> _retired = [];
    private FederatedAggregation _federation = federation;
    private FrozenDictionary<string, AggregatorEndpoint> _aggregators = FrozenDictionary<string, AggregatorEndpoint>.Empty;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What is so now.</summary>
    public FederationView Look()
    {
        lock (_gate)
            return new(_federation, _aggregators, _changed.Task);
    }

    /// <summary>Takes in the federation and its pods as they are now.</summary>
    public void Update(FederatedAggregation federation, IEnumerable<V1Pod> pods)
    {
        var serving = pods.Where(p => Serves(p, federation)).DistinctBy(AggregatorEndpoint.SlotOf).ToArray();
        AggregatorEndpoint[] superseded;
        TaskCompletionSource changed;
        lock (_gate)
        {
            _federation = federation;
            var now = serving.Select(pod => _aggregators.GetValueOrDefault(AggregatorEndpoint.SlotOf(pod)) is { } known && known.Assignment == pod.GetAnnotation(HearthAnnotations.Assignment)
                ? known
                : new AggregatorEndpoint(pod)).ToFrozenDictionary(a => a.Slot, StringComparer.Ordinal);
            _retired.AddRange(_aggregators.Values.Where(a => now.GetValueOrDefault(a.Slot) != a));
            _aggregators = now;
            // One that went may still answer what it has; only the next one in its place makes that void.
            superseded = TakeRetired(a => now.ContainsKey(a.Slot));
            (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        foreach (var aggregator in superseded)
            aggregator.Dispose();
        changed.SetResult();
    }

    /// <summary>The federation was deleted.</summary>
    public void OnDeleted()
    {
        AggregatorEndpoint[] superseded;
        lock (_gate)
        {
            _retired.AddRange(_aggregators.Values);
            _aggregators = FrozenDictionary<string, AggregatorEndpoint>.Empty;
            _federation = _federation with { Metadata = _federation.Metadata with { DeletionTimestamp = DateTimeOffset.MinValue } };
            superseded = TakeRetired(_ => true);
            _changed.TrySetResult();
        }
        foreach (var aggregator in superseded)
            aggregator.Dispose();
    }

    private AggregatorEndpoint[] TakeRetired(Func<AggregatorEndpoint, bool> isVoid)
    {
        var taken = _retired.Where(isVoid).ToArray();
        _retired.RemoveAll(taken.Contains);
        return taken;
    }

    /// <summary>The owner's uid tells the aggregator from that of a federation of the same name before this one.</summary>
    private static bool Serves(V1Pod pod, FederatedAggregation federation) =>
        pod.State() == WorkerState.Assigned && pod.IsReady() && !pod.IsGone() && pod.IsOwnedBy(federation);
}
