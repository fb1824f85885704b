using Hearth.Api.Meta;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Informers;

namespace Hearth.Kubernetes.Tests.Controllers;

/// <summary>An informer whose copy the test writes.</summary>
internal sealed class StubInformer<T> : IInformer<T>
    where T : class, IResource<T>
{
    private readonly Dictionary<ObjectKey, T> _objects = [];
    private Action<InformerEvent<T>> _tell = _ => { };

    public bool HasSynced => true;

    public Task WaitForSyncAsync(CancellationToken cancel) => Task.CompletedTask;

    public T? Get(string name, string? ns) => _objects.GetValueOrDefault(new ObjectKey(ns ?? "", name));

    public IReadOnlyList<T> List(string? ns = null) => [.. _objects.Values];

    public IReadOnlyList<T> ByIndex(string index, string key) => throw new NotSupportedException();

    public void AddIndex(string index, Func<T, IEnumerable<string>> keys) => throw new NotSupportedException();

    public IDisposable Subscribe(Action<InformerEvent<T>> handler)
    {
        _tell += handler;
        return new MemoryStream();
    }

    public void Put(T entity)
    {
        var key = new ObjectKey(entity.Namespace(), entity.Name());
        var old = _objects.GetValueOrDefault(key);
        _objects[key] = entity;
        _tell(new InformerEvent<T>(old, entity));
    }

    public void Remove(T entity)
    {
        _objects.Remove(new ObjectKey(entity.Namespace(), entity.Name()));
        _tell(new InformerEvent<T>(entity, null));
    }
}
