using Hearth.Kubernetes.Controllers;

namespace Hearth.Kubernetes.Informers;

/// <summary>Objects by key, with a snapshot that is made anew only when it is read after a change. Not safe for concurrent use.</summary>
internal sealed class CacheBucket<T>
    where T : class
{
    private readonly Dictionary<ObjectKey, T> _objects = [];
    private T[]? _snapshot;

    public bool IsEmpty => _objects.Count == 0;

    public IReadOnlyList<T> Snapshot => _snapshot ??= [.. _objects.Values];

    public T? Get(ObjectKey key) => _objects.GetValueOrDefault(key);

    public void Set(ObjectKey key, T? entity)
    {
        if (entity is null)
            _objects.Remove(key);
        else
            _objects[key] = entity;
        _snapshot = null;
    }
}
