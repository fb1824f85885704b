using Hearth.Api.Meta;

namespace Hearth.Kubernetes.Informers;

/// <summary>A local copy of one kind, kept current by list and watch. Reads never block and never touch the network.</summary>
/// <remarks>Objects are shared by all readers: derive with <c>with</c>, never change one.</remarks>
public interface IInformer<T>
    where T : class, IResource<T>
{
    /// <summary>Whether the first list is in.</summary>
    bool HasSynced { get; }

    /// <summary>Completes when the first list is in.</summary>
    Task WaitForSyncAsync(CancellationToken cancel);

    /// <summary>One object, or null.</summary>
    T? Get(string name, string? ns);

    /// <summary>All objects, or those of a namespace.</summary>
    IReadOnlyList<T> List(string? ns = null);

    /// <summary>Objects that the index files under a key.</summary>
    /// <exception cref="ArgumentException">No such index was added.</exception>
    IReadOnlyList<T> ByIndex(string index, string key);

    /// <summary>Adds an index before the informer runs: <paramref name="keys"/> names the keys an object is filed under.</summary>
    void AddIndex(string index, Func<T, IEnumerable<string>> keys);

    /// <summary>
    /// Calls <paramref name="handler"/> for every object there is and for each change after, one at a time and in order. A handler that
    /// throws is logged and does not stop the others.
    /// </summary>
    IDisposable Subscribe(Action<InformerEvent<T>> handler);
}
