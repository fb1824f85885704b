using System.Collections.Concurrent;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Informers;

namespace Hearth.Gateway.Federations;

/// <summary>All federations of the cluster, kept current by the informers.</summary>
internal sealed class FederationRegistry : IDisposable
{
    private const string ByFederation = "by-federation";

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<ObjectKey, FederationState> _states = new();
    private readonly IInformer<V1Pod> _pods;
    private readonly TimeProvider _time;
    private readonly IDisposable[] _subscriptions;
    private TaskCompletionSource _added = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Adds an index to <paramref name="pods"/>, which must not run yet.</summary>
    public FederationRegistry(IInformer<FederatedAggregation> federations, IInformer<V1Pod> pods, TimeProvider time)
    {
        (_pods, _time) = (pods, time);
        pods.AddIndex(ByFederation, static pod => FederationOf(pod) is { } federation ? [federation.ToString()] : []);
        _subscriptions = [federations.Subscribe(OnFederation), pods.Subscribe(OnPod)];
    }

    /// <summary>The federation, for which the informer is waited a moment when it was made just now; null when there is none.</summary>
    public async ValueTask<FederationState?> FindAsync(ObjectKey key, TimeSpan patience, CancellationToken cancel)
    {
        var startedAt = _time.GetTimestamp();
        while (true)
        {
            var added = Volatile.Read(ref _added);
            if (_states.TryGetValue(key, out var state))
                return state;
            var left = patience - _time.GetElapsedTime(startedAt);
            if (left <= TimeSpan.Zero)
                return null;
            await added.Task.WaitAsync(left, _time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var subscription in _subscriptions)
            subscription.Dispose();
    }

    // One informer calls at a time, but there are two: under the lock each sees what the other has brought so far.
    private void OnFederation(InformerEvent<FederatedAggregation> change)
    {
        var key = new ObjectKey(change.Object.Namespace(), change.Object.Name());
        lock (_gate)
        {
            if (change.New is not { } federation)
            {
                if (_states.TryRemove(key, out var gone))
                    gone.OnDeleted();
                return;
            }
            if (_states.TryGetValue(key, out var known) && known.Look().Federation.Uid() != federation.Uid())
            {
                known.OnDeleted();
                known = null;
            }
            var state = known ?? new(federation);
            state.Update(federation, PodsOf(key));
            _states[key] = state;
            if (known is null)
                Interlocked.Exchange(ref _added, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
    }

    private void OnPod(InformerEvent<V1Pod> change)
    {
        var before = change.Old is { } old ? FederationOf(old) : null;
        var after = change.New is { } current ? FederationOf(current) : null;
        lock (_gate)
        {
            foreach (var key in new[] { before, after }.OfType<ObjectKey>().Distinct())
            {
                if (_states.TryGetValue(key, out var state))
                    state.Update(state.Look().Federation, PodsOf(key));
            }
        }
    }

    private IReadOnlyList<V1Pod> PodsOf(ObjectKey key) => _pods.ByIndex(ByFederation, key.ToString());

    private static ObjectKey? FederationOf(V1Pod pod) =>
        pod.GetLabel(HearthLabels.Federation) is { } name ? new(pod.Namespace(), name) : null;
}
