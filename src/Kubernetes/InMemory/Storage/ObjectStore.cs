using System.Text.Json.Nodes;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.InMemory.Kinds;

namespace Hearth.Kubernetes.InMemory.Storage;

/// <summary>
/// All objects under one lock, with one version counter over all of them. A writer reads a version, computes the next one at leisure and
/// swaps it in when the version is still the current one. Knows nothing of HTTP, schemas or time.
/// </summary>
/// <param name="historyLength">Changes kept per resource for watchers that resume.</param>
/// <param name="watchCapacity">Changes queued per watcher before it is cut off.</param>
internal sealed class ObjectStore(int historyLength, int watchCapacity)
{
    /// <summary>Resource whose objects are the namespaces of all others.</summary>
    public const string Namespaces = "namespaces";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Bucket> _buckets = [];
    private readonly Dictionary<string, StoredObject> _byUid = [];
    private readonly Dictionary<string, Dictionary<string, StoredObject>> _dependants = [];
    private long _version;

    /// <summary>Called under the lock after each write: it must be quick and must not call back.</summary>
    public event Action<Change>? Changed;

    public StoredObject? Get(string resource, ObjectKey key)
    {
        lock (_gate)
            return Of(resource).Objects.GetValueOrDefault(key);
    }

    /// <summary>An object that must be there.</summary>
    /// <exception cref="StatusException">404: it is not.</exception>
    public StoredObject Require(ResourceKind kind, string? ns, string name) =>
        Get(kind.GroupResource, new(ns ?? "", name)) ?? throw Refusal.NotFound(kind, name);

    public StoredObject? ByUid(string uid)
    {
        lock (_gate)
            return _byUid.GetValueOrDefault(uid);
    }

    /// <summary>Objects that name <paramref name="uid"/> as an owner.</summary>
    public IReadOnlyList<StoredObject> Dependants(string uid)
    {
        lock (_gate)
            return _dependants.TryGetValue(uid, out var dependants) ? [.. dependants.Values] : [];
    }

    /// <summary>Objects of one resource in the order of namespace and name, and the version of the store at that moment.</summary>
    public (IReadOnlyList<StoredObject> Items, long Version) List(string resource, string? ns)
    {
        lock (_gate)
        {
            var objects = Of(resource).Objects.Values;
            return (ns is null ? [.. objects] : [.. objects.Where(o => o.Key.Namespace == ns)], _version);
        }
    }

    /// <summary>Every object in a namespace, whatever its resource.</summary>
    public IReadOnlyList<StoredObject> ContentOf(string ns)
    {
        lock (_gate)
            return [.. _buckets.Values.SelectMany(b => b.Objects.Values).Where(o => o.Key.Namespace == ns)];
    }

    /// <summary>Stores a new object; <paramref name="json"/> belongs to the store from now on.</summary>
    public CreateOutcome TryCreate(string resource, JsonObject json, out StoredObject? stored)
    {
        lock (_gate)
        {
            stored = null;
            var key = new ObjectKey(json.Namespace(), json.Name());
            if (key.Namespace.Length > 0)
            {
                if (!Of(Namespaces).Objects.TryGetValue(new("", key.Namespace), out var ns))
                    return CreateOutcome.NamespaceMissing;
                if (ns.Json.IsDeleting())
                    return CreateOutcome.NamespaceTerminating;
            }
            if (Of(resource).Objects.ContainsKey(key))
                return CreateOutcome.Exists;
            stored = new StoredObject(resource, json, ++_version);
            Commit(new(ChangeType.Added, stored, null));
            return CreateOutcome.Created;
        }
    }

    /// <summary>Swaps in the next version of an object; null when <paramref name="current"/> is no longer the current one.</summary>
    public StoredObject? TryReplace(StoredObject current, JsonObject json)
    {
        lock (_gate)
        {
            if (!IsCurrent(current))
                return null;
            var next = new StoredObject(current.Resource, json, ++_version);
            Commit(new(ChangeType.Modified, next, current));
            return next;
        }
    }

    /// <summary>
    /// Removes an object and returns its last state; null when <paramref name="current"/> is no longer the current one, or is a namespace that
    /// still has content.
    /// </summary>
    public StoredObject? TryRemove(StoredObject current)
    {
        lock (_gate)
        {
            if (!IsCurrent(current) || (current.Resource == Namespaces && ContentOf(current.Key.Name).Count > 0))
                return null;
            var last = current.AsOf(++_version);
            Commit(new(ChangeType.Deleted, last, current));
            return last;
        }
    }

    /// <summary>Subscribes to a resource after <paramref name="version"/>; null for from now on.</summary>
    /// <exception cref="StatusException">410: the version is older than the history, or newer than the store.</exception>
    public Watcher Watch(string resource, long? version)
    {
        lock (_gate)
        {
            var bucket = Of(resource);
            if (version < bucket.Forgotten)
                throw Refusal.Expired($"too old resource version: {version} ({bucket.Forgotten})");
            if (version > _version)
                throw Refusal.Expired($"too large resource version: {version}, current: {_version}");
            return Subscribe(bucket, version is null ? [] : bucket.After(version.Value));
        }
    }

    /// <summary>Subscribes to a resource with every object there is now, in one step.</summary>
    public (Watcher Watcher, IReadOnlyList<StoredObject> Items, long Version) ListAndWatch(string resource)
    {
        lock (_gate)
        {
            var bucket = Of(resource);
            return (Subscribe(bucket, []), [.. bucket.Objects.Values], _version);
        }
    }

    /// <summary>Queues a bookmark behind all that was queued before it, so that its version promises no more than was sent.</summary>
    public void PostBookmark(Watcher watcher)
    {
        lock (_gate)
            watcher.Post(new(null, _version));
    }

    /// <summary>Forgets all changes, as a server that has restarted: who watches must list again, unless nothing happened since.</summary>
    public void ForgetHistory()
    {
        lock (_gate)
        {
            foreach (var bucket in _buckets.Values)
                bucket.Forget(_version);
        }
    }

    private Bucket Of(string resource)
    {
        if (!_buckets.TryGetValue(resource, out var bucket))
            _buckets[resource] = bucket = new(historyLength, _version);
        return bucket;
    }

    private bool IsCurrent(StoredObject current) => Of(current.Resource).Objects.GetValueOrDefault(current.Key) == current;

    private Watcher Subscribe(Bucket bucket, IReadOnlyList<Change> missed)
    {
        var watcher = new Watcher(missed, watchCapacity, w =>
        {
            lock (_gate)
                bucket.Watchers.Remove(w);
        });
        bucket.Watchers.Add(watcher);
        return watcher;
    }

    private void Commit(Change change)
    {
        var bucket = Of(change.Object.Resource);
        if (change.Previous is { } previous)
            Unindex(previous);
        if (change.Type == ChangeType.Deleted)
        {
            bucket.Objects.Remove(change.Object.Key);
        }
        else
        {
            bucket.Objects[change.Object.Key] = change.Object;
            Index(change.Object);
        }
        bucket.Publish(change);
        Changed?.Invoke(change);
    }

    private void Index(StoredObject stored)
    {
        _byUid[stored.Uid] = stored;
        foreach (var owner in stored.Owners)
        {
            if (!_dependants.TryGetValue(owner, out var dependants))
                _dependants[owner] = dependants = [];
            dependants[stored.Uid] = stored;
        }
    }

    private void Unindex(StoredObject stored)
    {
        _byUid.Remove(stored.Uid);
        foreach (var owner in stored.Owners)
        {
            if (_dependants.TryGetValue(owner, out var dependants) && dependants.Remove(stored.Uid) && dependants.Count == 0)
                _dependants.Remove(owner);
        }
    }
}
