using System.Globalization;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Informers;

namespace Hearth.Operator.Workers;

/// <summary>
/// Worker pods as this process knows them: the informer's copy, and over it what this process wrote and the informer has not seen yet. Without that a
/// reconcile right after a claim would count one worker too few and claim another.
/// </summary>
internal sealed class WorkerCache
{
    private const string PoolIndex = "pool";

    // A pod that came and went between two lists of the informer shows in none; its copy here must end some time.
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromSeconds(30);

    private readonly IInformer<V1Pod> _pods;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, (V1Pod Pod, long At)> _written = [];
    private readonly Dictionary<string, long> _endedAt = [];

    /// <param name="pods">Pods with the label <see cref="HearthLabels.Pool"/>; must not run yet.</param>
    /// <param name="time">The clock.</param>
    public WorkerCache(IInformer<V1Pod> pods, TimeProvider time)
    {
        _pods = pods;
        _time = time;
        pods.AddIndex(PoolIndex, pod => Keys(pod, HearthLabels.Pool));
        foreach (var label in HearthLabels.Owners)
            pods.AddIndex(label, pod => Keys(pod, label));
        pods.Subscribe(CatchUp);
    }

    /// <summary>Every worker that comes from a pool, in whatever state.</summary>
    public IReadOnlyList<V1Pod> OfPool(string ns, string pool) => Merge(PoolIndex, HearthLabels.Pool, new(ns, pool));

    /// <summary>Every worker that names an owner by a label of <see cref="HearthLabels.Owners"/>.</summary>
    public IReadOnlyList<V1Pod> OfOwner(string label, string ns, string name) => Merge(label, label, new(ns, name));

    /// <summary>Takes a pod as the API server returned it from a write.</summary>
    public void Remember(V1Pod? written)
    {
        if (written is null)
            return;
        lock (_lock)
        {
            // The answer to a write may come later than the news that the pod has ended.
            if (!_endedAt.ContainsKey(written.Uid()))
                _written[KeyOf(written)] = (written, _time.GetTimestamp());
        }
    }

    /// <summary>What the informer has seen, be it the end of the pod, is no longer laid over.</summary>
    private void CatchUp(InformerEvent<V1Pod> change)
    {
        lock (_lock)
        {
            if (change.New is null)
                NoteEnd(change.Object.Uid());
            if (_written.TryGetValue(KeyOf(change.Object), out var written)
                && (change.New is { } pod ? !IsOlder(pod, written.Pod) : change.Object.Uid() == written.Pod.Uid()))
            {
                _written.Remove(KeyOf(change.Object));
            }
        }
    }

    private void NoteEnd(string uid)
    {
        foreach (var (other, at) in _endedAt)
        {
            if (_time.GetElapsedTime(at) > ForgetAfter)
                _endedAt.Remove(other);
        }
        _endedAt[uid] = _time.GetTimestamp();
    }

    private List<V1Pod> Merge(string index, string label, ObjectKey key)
    {
        // In this order: a pod that the informer gets between the two steps is in the second, so it cannot fall between them.
        var ahead = Ahead();
        var merged = _pods.ByIndex(index, key.ToString()).Where(pod => !ahead.ContainsKey(KeyOf(pod))).ToList();
        merged.AddRange(ahead.Values.Where(pod => pod.Namespace() == key.Namespace && pod.GetLabel(label) == key.Name));
        return merged;
    }

    /// <summary>What this process wrote and the informer has not seen; forgets what it has.</summary>
    private Dictionary<ObjectKey, V1Pod> Ahead()
    {
        lock (_lock)
        {
            foreach (var (name, (pod, at)) in _written)
            {
                var isSeen = _pods.Get(name.Name, name.Namespace) is { } cached ? !IsOlder(cached, pod) : _time.GetElapsedTime(at) >= ForgetAfter;
                if (isSeen)
                    _written.Remove(name);
            }
            return _written.ToDictionary(w => w.Key, w => w.Value.Pod);
        }
    }

    private static ObjectKey KeyOf(V1Pod pod) => new(pod.Namespace(), pod.Name());

    private static bool IsOlder(V1Pod cached, V1Pod written) => cached.Uid() == written.Uid() && Version(cached) < Version(written);

    /// <summary>Versions of one kind are comparable numbers (KEP-5504); a server for which they are not gets the informer's copy.</summary>
    private static long Version(V1Pod pod) =>
        long.TryParse(pod.Metadata.ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;

    private static IEnumerable<string> Keys(V1Pod pod, string label) =>
        pod.GetLabel(label) is { } name ? [new ObjectKey(pod.Namespace(), name).ToString()] : [];
}
