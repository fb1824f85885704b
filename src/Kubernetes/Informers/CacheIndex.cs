using Hearth.Kubernetes.Controllers;

namespace Hearth.Kubernetes.Informers;

/// <summary>Objects filed under the keys that a function names. Not safe for concurrent use.</summary>
internal sealed class CacheIndex<T>(Func<T, IEnumerable<string>> keys)
    where T : class
{
    private readonly Dictionary<string, CacheBucket<T>> _buckets = [];

    public IReadOnlyList<T> Get(string key) => _buckets.TryGetValue(key, out var bucket) ? bucket.Snapshot : [];

    public void Replace(ObjectKey key, T? old, T? entity)
    {
        if (old is not null)
        {
            foreach (var name in keys(old))
                Remove(name, key);
        }

        if (entity is null)
            return;
        foreach (var name in keys(entity))
        {
            if (!_buckets.TryGetValue(name, out var bucket))
                _buckets.Add(name, bucket = new CacheBucket<T>());
            bucket.Set(key, entity);
        }
    }

    private void Remove(string name, ObjectKey key)
    {
        if (!_buckets.TryGetValue(name, out var bucket))
            return;
        bucket.Set(key, null);
        if (bucket.IsEmpty)
            _buckets.Remove(name);
    }
}
