using Hearth.Kubernetes.Controllers;

namespace Hearth.Kubernetes.InMemory.Storage;

/// <summary>The objects of one resource, its latest changes and who watches. Not thread-safe: the store's lock guards it.</summary>
/// <param name="historyLength">Changes that are kept.</param>
/// <param name="version">Version of the store when the resource was first served: it has no history before.</param>
internal sealed class Bucket(int historyLength, long version)
{
    private static readonly Comparer<ObjectKey> ByNamespaceThenName = Comparer<ObjectKey>.Create((a, b) =>
        string.CompareOrdinal(a.Namespace, b.Namespace) is var order and not 0 ? order : string.CompareOrdinal(a.Name, b.Name));

    private readonly Queue<Change> _history = new();

    public SortedDictionary<ObjectKey, StoredObject> Objects { get; } = new(ByNamespaceThenName);

    public List<Watcher> Watchers { get; } = [];

    /// <summary>Version of the latest change that the history forgot: a watch can start there, not before.</summary>
    public long Forgotten { get; private set; } = version;

    public void Publish(Change change)
    {
        _history.Enqueue(change);
        if (_history.Count > historyLength)
            Forgotten = _history.Dequeue().Object.Version;
        foreach (var watcher in Watchers)
            watcher.Post(new(change, change.Object.Version));
    }

    /// <summary>Forgets every change up to a version.</summary>
    public void Forget(long version)
    {
        _history.Clear();
        Forgotten = version;
    }

    public IReadOnlyList<Change> After(long version) => [.. _history.Where(c => c.Object.Version > version)];
}
