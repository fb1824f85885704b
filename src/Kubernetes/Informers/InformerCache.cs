using Hearth.Api.Meta;
using Hearth.Kubernetes.Controllers;

namespace Hearth.Kubernetes.Informers;

/// <summary>Objects by key and by index. One writer at a time, any number of readers.</summary>
internal sealed class InformerCache<T>
    where T : class, IResource<T>
{
    private readonly Lock _lock = new();
    private readonly CacheBucket<T> _all = new();
    private readonly CacheIndex<T> _namespaces = new(o => [o.Namespace()]);
    private readonly Dictionary<string, CacheIndex<T>> _indexes = [];

    public T? Get(ObjectKey key)
    {
        lock (_lock)
            return _all.Get(key);
    }

    public IReadOnlyList<T> List(string? ns)
    {
        lock (_lock)
            return ns is null ? _all.Snapshot : _namespaces.Get(ns);
    }

    public IReadOnlyList<T> ByIndex(string index, string key)
    {
        lock (_lock)
        {
            return _indexes.TryGetValue(index, out var found)
                ? found.Get(key)
                : throw new ArgumentException($"There is no index \"{index}\" on {T.Definition.Plural}: add it with AddIndex.", nameof(index));
        }
    }

    public void AddIndex(string index, Func<T, IEnumerable<string>> keys)
    {
        lock (_lock)
        {
            var added = new CacheIndex<T>(keys);
            if (!_indexes.TryAdd(index, added))
                throw new ArgumentException($"There is an index \"{index}\" on {T.Definition.Plural} already.", nameof(index));
            foreach (var entity in _all.Snapshot)
                added.Replace(KeyOf(entity), null, entity);
        }
    }

    /// <summary>Stores or, when <paramref name="entity"/> is null, removes an object. Returns what was there.</summary>
    public T? Replace(ObjectKey key, T? entity)
    {
        lock (_lock)
        {
            var old = _all.Get(key);
            _all.Set(key, entity);
            _namespaces.Replace(key, old, entity);
            foreach (var index in _indexes.Values)
                index.Replace(key, old, entity);
            return old;
        }
    }

    public static ObjectKey KeyOf(T entity) => new(entity.Namespace(), entity.Name());
}
