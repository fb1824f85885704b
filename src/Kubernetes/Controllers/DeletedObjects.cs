namespace Hearth.Kubernetes.Controllers;

/// <summary>Last states of objects whose end a controller has yet to be told, oldest first per name.</summary>
internal sealed class DeletedObjects<T>
    where T : class
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, Queue<T>> _objects = [];

    public void Add(ObjectKey key, T entity)
    {
        lock (_lock)
        {
            if (!_objects.TryGetValue(key, out var queue))
                _objects.Add(key, queue = new Queue<T>());
            queue.Enqueue(entity);
        }
    }

    public T? First(ObjectKey key)
    {
        lock (_lock)
            return _objects.TryGetValue(key, out var queue) ? queue.Peek() : null;
    }

    public void RemoveFirst(ObjectKey key)
    {
        lock (_lock)
        {
            var queue = _objects[key];
            queue.Dequeue();
            if (queue.Count == 0)
                _objects.Remove(key);
        }
    }
}
