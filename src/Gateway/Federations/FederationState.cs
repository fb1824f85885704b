using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Api.Workers;

namespace Hearth.Gateway.Federations;

/// <summary>A federation and its aggregator, kept current by the informers.</summary>
internal sealed class FederationState(FederatedAggregation federation)
{
    private readonly Lock _gate = new();
    private readonly List<AggregatorEndpoint> _retired = [];
    private FederatedAggregation _federation = federation;
    private AggregatorEndpoint? _aggregator;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What is so now.</summary>
    public FederationView Look()
    {
        lock (_gate)
            return new(_federation, _aggregator, _changed.Task);
    }

    /// <summary>Takes in the federation and its pods as they are now.</summary>
    public void Update(FederatedAggregation federation, IEnumerable<V1Pod> pods)
    {
        var pod = pods.FirstOrDefault(p => Serves(p, federation));
        var superseded = new List<AggregatorEndpoint>();
        TaskCompletionSource changed;
        lock (_gate)
        {
            _federation = federation;
            if (pod?.GetAnnotation(HearthAnnotations.Assignment) != _aggregator?.Assignment)
            {
                // One that went may still answer what it has; only the next one makes that void.
                if (_aggregator is not null)
                    _retired.Add(_aggregator);
                _aggregator = pod is null ? null : new(pod);
                if (_aggregator is not null)
                    TakeRetired(superseded);
            }
            (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        superseded.ForEach(s => s.Dispose());
        changed.SetResult();
    }

    /// <summary>The federation was deleted.</summary>
    public void OnDeleted()
    {
        var superseded = new List<AggregatorEndpoint>();
        lock (_gate)
        {
            if (_aggregator is not null)
                _retired.Add(_aggregator);
            _aggregator = null;
            _federation = _federation with { Metadata = _federation.Metadata with { DeletionTimestamp = DateTimeOffset.MinValue } };
            TakeRetired(superseded);
            _changed.TrySetResult();
        }
        superseded.ForEach(s => s.Dispose());
    }

    private void TakeRetired(List<AggregatorEndpoint> into)
    {
        into.AddRange(_retired);
        _retired.Clear();
    }

    /// <summary>The owner's uid tells the aggregator from that of a federation of the same name before this one.</summary>
    private static bool Serves(V1Pod pod, FederatedAggregation federation) =>
        pod.State() == WorkerState.Assigned && pod.IsReady() && !pod.IsGone() && pod.IsOwnedBy(federation);
}
