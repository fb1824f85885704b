using System.Collections.Concurrent;
using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Informers;

namespace Hearth.Gateway.Activations;

/// <summary>The claimable workers of each pool, handed out so that two activations of this gateway never try the same one.</summary>
internal sealed class IdleWorkers : IDisposable
{
    private const string ByPool = "claimable-by-pool";

    private readonly IInformer<V1Pod> _pods;
    private readonly WorkerChoice _choice;
    private readonly IDisposable _subscription;

    // The version of each pod that was tried. When the local copy shows another version, what we know about it is new again.
    private readonly ConcurrentDictionary<ObjectKey, string> _tried = new();

    /// <summary>Adds an index to <paramref name="pods"/>, which must not run yet.</summary>
    public IdleWorkers(IInformer<V1Pod> pods, WorkerChoice choice)
    {
        _pods = pods;
        _choice = choice;
        pods.AddIndex(ByPool, static pod => pod.IsClaimable() ? [Index(pod.Namespace(), pod.GetLabel(HearthLabels.Pool) ?? "")] : []);
        _subscription = pods.Subscribe(change =>
        {
            if (change.New is null)
                _tried.TryRemove(Key(change.Object), out _);
            else if (change.New.IsClaimable() && change.Old?.IsClaimable() != true)
                Waiters.OnIdle(new(change.New.Namespace(), change.New.GetLabel(HearthLabels.Pool) ?? ""));
        });
    }

    /// <summary>Those who wait for the next idle worker.</summary>
    public IdleWaiters Waiters { get; } = new();

    /// <summary>Workers to claim for an owner that loads <paramref name="artifact"/>, best first. Each is taken from the other activations when it is reached.</summary>
    public IEnumerable<V1Pod> Take(string ns, string pool, string? artifact, string? model) =>
        _choice.Rank(_pods.ByIndex(ByPool, Index(ns, pool)), artifact, model).Where(TryTake);

    /// <summary>Nodes where a worker for an owner that loads <paramref name="artifact"/> is best made.</summary>
    public IReadOnlyList<string> NodesWith(string? artifact) => _choice.NodesWith(artifact);

    /// <summary>Makes every worker available again, after claims whose outcome is not known.</summary>
    public void Reset() => _tried.Clear();

    /// <inheritdoc/>
    public void Dispose() => _subscription.Dispose();

    private bool TryTake(V1Pod pod)
    {
        var version = pod.Metadata.ResourceVersion ?? "";
        var key = Key(pod);
        return _tried.TryGetValue(key, out var tried) ? tried != version && _tried.TryUpdate(key, version, tried) : _tried.TryAdd(key, version);
    }

    private static ObjectKey Key(V1Pod pod) => new(pod.Namespace(), pod.Name());

    private static string Index(string ns, string pool) => $"{ns}/{pool}";
}
