using Hearth.Api.Meta;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Informers;

namespace Hearth.Testing;

/// <summary>A local copy that the test itself keeps: <see cref="Set"/> and <see cref="Remove"/> are the watch.</summary>
public sealed class FakeInformer<T> : IInformer<T>
    where T : class, IResource<T>
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, T> _objects = [];
    private readonly Dictionary<string, Func<T, IEnumerable<string>>> _indexes = [];
    private readonly List<Action<InformerEvent<T>>> _handlers = [];

    /// <inheritdoc/>
    public bool HasSynced => true;

    /// <inheritdoc/>
    public Task WaitForSyncAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <inheritdoc/>
    public T? Get(string name, string? ns)
    {
        lock (_gate)
            return _objects.GetValueOrDefault(new(ns ?? "", name));
    }

    /// <inheritdoc/>
    public IReadOnlyList<T> List(string? ns = null)
    {
        lock (_gate)
            return [.. _objects.Values.Where(entity => ns is null || entity.Namespace() == ns)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<T> ByIndex(string index, string key)
    {
        lock (_gate)
            return [.. _objects.Values.Where(entity => _indexes[index](entity).Contains(key))];
    }

    /// <inheritdoc/>
    public void AddIndex(string index, Func<T, IEnumerable<string>> keys) => _indexes.Add(index, keys);

    /// <inheritdoc/>
    public IDisposable Subscribe(Action<InformerEvent<T>> handler)
    {
        foreach (var entity in List())
            handler(new(null, entity));
        _handlers.Add(handler);
        return new Subscription(() => _handlers.Remove(handler));
    }

    /// <summary>The object was added or changed.</summary>
    public void Set(T entity)
    {
        T? old;
        lock (_gate)
        {
            old = _objects.GetValueOrDefault(Key(entity));
            _objects[Key(entity)] = entity;
        }
        Publish(new(old, entity));
    }

    /// <summary>The object was deleted.</summary>
    public void Remove(T entity)
    {
        bool removed;
        T? old;
        lock (_gate)
            removed = _objects.Remove(Key(entity), out old);
        if (removed)
            Publish(new(old, null));
    }

    private static ObjectKey Key(T entity) => new(entity.Namespace(), entity.Name());

    private void Publish(InformerEvent<T> change)
    {
        foreach (var handler in _handlers.ToArray())
            handler(change);
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
