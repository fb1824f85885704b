using System.Collections.Concurrent;
using Hearth.Api;
using Hearth.Api.Apps;
using Hearth.Api.Core;
using Hearth.Api.Gateways;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Informers;

namespace Hearth.Gateway.Functions;

/// <summary>All functions of the cluster, kept current by the informers. Lookups take no lock.</summary>
internal sealed class FunctionRegistry : IDisposable
{
    private const string ByFunction = "by-function";

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<ObjectKey, RoutedFunction> _functions = new();
    private readonly IInformer<V1Pod> _pods;
    private readonly IInformer<V1ControllerRevision> _revisions;
    private readonly Func<InferenceFunction, FunctionState> _make;
    private readonly TimeProvider _time;
    private readonly IDisposable[] _subscriptions;

    /// <summary>Adds an index to <paramref name="pods"/> and <paramref name="revisions"/>, which must not run yet.</summary>
    public FunctionRegistry(
        IInformer<InferenceFunction> functions, IInformer<V1ControllerRevision> revisions, IInformer<V1Pod> pods, Func<InferenceFunction, FunctionState> make,
        TimeProvider time)
    {
        (_revisions, _pods, _make, _time) = (revisions, pods, make, time);
        pods.AddIndex(ByFunction, static pod => FunctionOf(pod) is { } function ? [function.ToString()] : []);
        revisions.AddIndex(ByFunction, static revision => FunctionOf(revision) is { } function ? [function.ToString()] : []);
        _subscriptions = [functions.Subscribe(OnFunction), revisions.Subscribe(OnRevision), pods.Subscribe(OnPod)];
    }

    /// <summary>The function, or null when there is none.</summary>
    public RoutedFunction? Find(ObjectKey key) => _functions.GetValueOrDefault(key);

    /// <summary>Takes in a function that was read from the API server. What the informer says goes before it.</summary>
    public void Learn(InferenceFunction function)
    {
        lock (_gate)
        {
            if (!_functions.ContainsKey(KeyOf(function)))
                Add(function);
        }
    }

    /// <summary>The load of every function.</summary>
    public IReadOnlyList<FunctionLoad> ReportLoad() => [.. _functions.Values.Select(function => function.ReportLoad())];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var subscription in _subscriptions)
            subscription.Dispose();
        foreach (var function in _functions.Values)
            function.Dispose();
    }

    // One informer calls at a time, but there are three: the lock keeps a new function from missing a pod, or seeing an old version last.
    private void OnFunction(InformerEvent<InferenceFunction> change)
    {
        var key = KeyOf(change.Object);
        lock (_gate)
        {
            if (change.New is null)
            {
                if (_functions.TryRemove(key, out var deleted))
                    deleted.OnDeleted();
            }
            else if (_functions.TryGetValue(key, out var known))
            {
                known.OnFunction(change.New);
            }
            else
            {
                Add(change.New);
            }
        }
    }

    private void Add(InferenceFunction function)
    {
        var key = KeyOf(function);
        var added = new RoutedFunction(function, _make, () => _pods.ByIndex(ByFunction, key.ToString()), _time);
        added.Load(_revisions.ByIndex(ByFunction, key.ToString()));
        _functions[key] = added;
    }

    private static ObjectKey KeyOf(InferenceFunction function) => new(function.Namespace(), function.Name());

    private void OnPod(InformerEvent<V1Pod> change)
    {
        var before = change.Old is { } old ? FunctionOf(old) : null;
        var after = change.New is { } current ? FunctionOf(current) : null;
        lock (_gate)
        {
            if (before is { } left && left != after)
                Find(left)?.OnPodGone(change.Object.Name());
            if (after is { } owner)
                Find(owner)?.OnPod(change.New!);
        }
    }

    private void OnRevision(InformerEvent<V1ControllerRevision> change)
    {
        lock (_gate)
        {
            if (FunctionOf(change.Object) is not { } key || Find(key) is not { } function)
                return;
            if (change.New is { } stored)
                function.OnRevision(stored);
            else
                function.OnRevisionGone(change.Object);
        }
    }

    private static ObjectKey? FunctionOf(IKubernetesObject entity) =>
        entity.GetLabel(HearthLabels.Function) is { } name ? new(entity.Namespace(), name) : null;
}
