using System.Text.Json.Nodes;
using Hearth.Api.Meta;

namespace Hearth.Kubernetes.Client;

/// <summary>Typed access to an API server. Named after KubeOps' <c>IKubernetesClient</c>, which is where it would be replaced.</summary>
/// <remarks>
/// Every call throws <see cref="KubernetesException"/> when the server refuses it, except that reading and deleting something that is not there
/// is not a failure. Connection failures surface as <see cref="HttpRequestException"/>. A null namespace means all namespaces for list and
/// watch, and none for cluster-scoped kinds.
/// </remarks>
public interface IKubernetesClient
{
    /// <summary>The API server.</summary>
    Uri BaseUri { get; }

    /// <summary>Reads one object, or null when it is not there.</summary>
    Task<T?> GetAsync<T>(string name, string? ns, CancellationToken cancel = default)
        where T : class, IResource<T>;

    /// <summary>Reads all objects that the options select, following <c>continue</c> to the end.</summary>
    Task<KubernetesList<T>> ListAsync<T>(string? ns, ListOptions? options = null, CancellationToken cancel = default)
        where T : class, IResource<T>;

    /// <summary>
    /// Changes after <see cref="ListOptions.ResourceVersion"/>. The sequence ends when the server ends the watch, and throws
    /// <see cref="KubernetesException"/> with code 410 when that version is gone.
    /// </summary>
    IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(string? ns, ListOptions? options = null, CancellationToken cancel = default)
        where T : class, IResource<T>;

    /// <summary>Creates an object in its own namespace and returns it as stored.</summary>
    Task<T> CreateAsync<T>(T entity, CancellationToken cancel = default)
        where T : class, IResource<T>;

    /// <summary>Replaces an object; its resourceVersion, when set, must still be current (409 otherwise).</summary>
    Task<T> UpdateAsync<T>(T entity, CancellationToken cancel = default)
        where T : class, IResource<T>;

    /// <summary>Patches an object, or one of its subresources such as <c>status</c>.</summary>
    Task<T> PatchAsync<T>(string name, string? ns, V1Patch patch, string? subresource = null, CancellationToken cancel = default)
        where T : class, IResource<T>;

    /// <summary>
    /// Server-side apply of the given fields as the client's field manager, forced. The object names its kind and name;
    /// what it leaves out is left alone.
    /// </summary>
    Task<T> ApplyAsync<T>(JsonObject entity, string? subresource = null, CancellationToken cancel = default)
        where T : class, IResource<T>;

    /// <summary>Deletes an object. False when it was not there.</summary>
    Task<bool> DeleteAsync<T>(string name, string? ns, DeleteOptions? options = null, CancellationToken cancel = default)
        where T : class, IResource<T>;

    /// <summary>The log of a pod's container as it is written.</summary>
    Task<Stream> ReadLogAsync(string pod, string ns, bool follow = false, CancellationToken cancel = default);
}
