using System.Text.Json.Nodes;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;

namespace Hearth.Operator.Tests;

/// <summary>Notes every write as <c>verb Kind name[/subresource]</c>, and fails those the test wants to fail.</summary>
internal sealed class RecordingClient(IKubernetesClient inner) : IKubernetesClient
{
    /// <summary>Writes since the last <see cref="List{T}.Clear"/>, events left out.</summary>
    public List<string> Writes { get; } = [];

    /// <summary>What to throw instead of a write; null to let it through.</summary>
    public Func<string, Exception?> Induce { get; set; } = _ => null;

    public Uri BaseUri => inner.BaseUri;

    public Task<T?> GetAsync<T>(string name, string? ns, CancellationToken cancel = default)
        where T : class, IResource<T> => inner.GetAsync<T>(name, ns, cancel);

    public Task<KubernetesList<T>> ListAsync<T>(string? ns, ListOptions? options = null, CancellationToken cancel = default)
        where T : class, IResource<T> => inner.ListAsync<T>(ns, options, cancel);

    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(string? ns, ListOptions? options = null, CancellationToken cancel = default)
        where T : class, IResource<T> => inner.WatchAsync<T>(ns, options, cancel);

    public Task<T> CreateAsync<T>(T entity, CancellationToken cancel = default)
        where T : class, IResource<T> => Write<T, T>("create", entity.Name(), null, () => inner.CreateAsync(entity, cancel));

    public Task<T> UpdateAsync<T>(T entity, CancellationToken cancel = default)
        where T : class, IResource<T> => Write<T, T>("update", entity.Name(), null, () => inner.UpdateAsync(entity, cancel));

    public Task<T> PatchAsync<T>(string name, string? ns, V1Patch patch, string? subresource = null, CancellationToken cancel = default)
        where T : class, IResource<T> => Write<T, T>("patch", name, subresource, () => inner.PatchAsync<T>(name, ns, patch, subresource, cancel));

    public Task<T> ApplyAsync<T>(JsonObject entity, string? subresource = null, CancellationToken cancel = default)
        where T : class, IResource<T> =>
        Write<T, T>("apply", (string)entity["metadata"]!["name"]!, subresource, () => inner.ApplyAsync<T>(entity, subresource, cancel));

    public Task<bool> DeleteAsync<T>(string name, string? ns, DeleteOptions? options = null, CancellationToken cancel = default)
        where T : class, IResource<T> => Write<T, bool>("delete", name, null, () => inner.DeleteAsync<T>(name, ns, options, cancel));

    public Task<Stream> ReadLogAsync(string pod, string ns, bool follow = false, CancellationToken cancel = default) =>
        inner.ReadLogAsync(pod, ns, follow, cancel);

    private Task<TResult> Write<T, TResult>(string verb, string name, string? subresource, Func<Task<TResult>> write)
        where T : class, IResource<T>
    {
        var text = $"{verb} {T.Definition.Kind} {name}{(subresource is null ? "" : $"/{subresource}")}";
        lock (Writes)
            Writes.Add(text);
        return Induce(text) is { } fault ? Task.FromException<TResult>(fault) : write();
    }
}
