using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Kubernetes.Client;

/// <summary>An API server over HTTP. Safe for concurrent use; one instance per process is enough.</summary>
public sealed partial class KubernetesClient : IKubernetesClient, IDisposable
{
    private readonly ApiSender _sender;
    private readonly string _fieldManager;
    private readonly ILogger _log;

    /// <param name="configuration">Where the server is and how to authenticate.</param>
    /// <param name="time">Clock of time limits, retries and token renewal.</param>
    /// <param name="logs">Where objects that cannot be read are reported.</param>
    public KubernetesClient(KubernetesClientConfiguration configuration, TimeProvider time, ILoggerFactory? logs = null)
        : this(configuration, ApiTransport.Build(configuration, time), time, logs)
    {
    }

    internal KubernetesClient(KubernetesClientConfiguration configuration, HttpMessageHandler transport, TimeProvider time, ILoggerFactory? logs = null)
    {
        if (!Uri.TryCreate(configuration.Host, UriKind.Absolute, out var host) || host.Scheme is not ("http" or "https"))
            throw new KubeConfigException($"The server \"{configuration.Host}\" must be an http or https address.");

        // Without what a URL may say about the user: it is a secret, and this address is shown in messages.
        var address = new Uri(host.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped));
        _sender = new ApiSender(transport, address, time);
        _fieldManager = configuration.FieldManager;
        _log = (logs ?? NullLoggerFactory.Instance).CreateLogger<KubernetesClient>();
    }

    /// <inheritdoc/>
    public Uri BaseUri => _sender.BaseUri;

    /// <inheritdoc/>
    public async Task<T?> GetAsync<T>(string name, string? ns, CancellationToken cancel = default)
        where T : class, IResource<T>
    {
        try
        {
            return await SendAsync<T>(new ApiCall("get", HttpMethod.Get, T.Definition, T.Definition.ObjectPath(name, ns)), cancel);
        }
        catch (KubernetesException e) when (IsMissingObject(e))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<KubernetesList<T>> ListAsync<T>(string? ns, ListOptions? options = null, CancellationToken cancel = default)
        where T : class, IResource<T>
    {
        options ??= new ListOptions();
        var items = new List<T>();
        var unreadable = new List<V1ObjectMeta>();
        V1ListMeta? page = null;
        do
        {
            var call = new ApiCall("list", HttpMethod.Get, T.Definition, T.Definition.CollectionPath(ns))
            {
                Query = ApiQuery.List(options, page?.Continue),
            };
            page = await _sender.SendAsync(call, body => ListPage.Read(body, items, unreadable, LogUnreadable<T>), cancel);
        }
        while (!string.IsNullOrEmpty(page.Continue));
        return new KubernetesList<T>(page.ResourceVersion ?? "", items) { Unreadable = unreadable };
    }

    /// <summary>As <see cref="ListAsync{T}"/>, without anything but the metadata: for who only asks which objects there are.</summary>
    public async Task<KubernetesList<V1ObjectMeta>> ListMetadataAsync<T>(string? ns, ListOptions? options = null, CancellationToken cancel = default)
        where T : class, IResource<T>
    {
        options ??= new ListOptions();
        var items = new List<V1ObjectMeta>();
        V1ListMeta? page = null;
        do
        {
            var call = new ApiCall("list", HttpMethod.Get, T.Definition, T.Definition.CollectionPath(ns))
            {
                Query = ApiQuery.List(options, page?.Continue),
                Accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
            };
            page = await _sender.SendAsync(call, body => ListPage.ReadMetadata(body, T.Definition.Plural, items), cancel);
        }
        while (!string.IsNullOrEmpty(page.Continue));
        return new KubernetesList<V1ObjectMeta>(page.ResourceVersion ?? "", items);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        string? ns, ListOptions? options = null, [EnumeratorCancellation] CancellationToken cancel = default)
        where T : class, IResource<T>
    {
        var call = new ApiCall("watch", HttpMethod.Get, T.Definition, T.Definition.CollectionPath(ns))
        {
            Query = ApiQuery.Watch(options ?? new ListOptions()),
        };
        using var response = await _sender.SendAsync(call, cancel);
        using var events = new WatchReader<T>(await response.Content.ReadAsStreamAsync(cancel), LogUnreadable<T>);
        while (await events.ReadAsync(cancel) is { } change)
            yield return change;
    }

    /// <inheritdoc/>
    public Task<T> CreateAsync<T>(T entity, CancellationToken cancel = default)
        where T : class, IResource<T> =>
        SendAsync<T>(
            new ApiCall("create", HttpMethod.Post, T.Definition, T.Definition.CollectionPath(NamespaceOf(entity)))
            {
                Query = ApiQuery.Write(_fieldManager),
                Body = KubernetesJson.Write(entity),
            },
            cancel);

    /// <inheritdoc/>
    public Task<T> UpdateAsync<T>(T entity, CancellationToken cancel = default)
        where T : class, IResource<T> =>
        SendAsync<T>(
            new ApiCall("update", HttpMethod.Put, T.Definition, T.Definition.ObjectPath(entity.Name(), entity.Metadata.Namespace))
            {
                Query = ApiQuery.Write(_fieldManager),
                Body = KubernetesJson.Write(entity),
            },
            cancel);

    /// <inheritdoc/>
    public Task<T> PatchAsync<T>(string name, string? ns, V1Patch patch, string? subresource = null, CancellationToken cancel = default)
        where T : class, IResource<T> =>
        SendAsync<T>(
            new ApiCall("patch", HttpMethod.Patch, T.Definition, T.Definition.ObjectPath(name, ns))
            {
                Subresource = subresource,
                Query = ApiQuery.Write(_fieldManager, force: patch is { Type: PatchType.ApplyPatch, Force: true }),
                Body = KubernetesJson.Write(patch.Content),
                MediaType = patch.Type.MediaType(),
            },
            cancel);

    /// <inheritdoc/>
    public Task<T> ApplyAsync<T>(JsonObject entity, string? subresource = null, CancellationToken cancel = default)
        where T : class, IResource<T>
    {
        var name = (string?)entity["metadata"]?["name"]
            ?? throw new ArgumentException($"The {T.Definition.Kind} to apply has no metadata.name.", nameof(entity));
        return PatchAsync<T>(name, (string?)entity["metadata"]?["namespace"], new V1Patch(entity, PatchType.ApplyPatch), subresource, cancel);
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync<T>(string name, string? ns, DeleteOptions? options = null, CancellationToken cancel = default)
        where T : class, IResource<T>
    {
        var call = new ApiCall("delete", HttpMethod.Delete, T.Definition, T.Definition.ObjectPath(name, ns))
        {
            Body = options is null ? null : KubernetesJson.Write(ToJson(options)),
        };
        try
        {
            return await _sender.SendAsync(call, _ => true, cancel);
        }
        catch (KubernetesException e) when (IsMissingObject(e))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<Stream> ReadLogAsync(string pod, string ns, bool follow = false, CancellationToken cancel = default)
    {
        var call = new ApiCall("get", HttpMethod.Get, V1Pod.Definition, V1Pod.Definition.ObjectPath(pod, ns))
        {
            Subresource = "log",
            Query = follow ? "follow=true" : "",
        };
        var response = await _sender.SendAsync(call, cancel);
        return await response.Content.ReadAsStreamAsync(cancel);
    }

    /// <inheritdoc/>
    public void Dispose() => _sender.Dispose();

    private Task<T> SendAsync<T>(ApiCall call, CancellationToken cancel)
        where T : class, IResource<T> => _sender.SendAsync(call, KubernetesJson.Read<T>, cancel);

    private static string? NamespaceOf<T>(T entity)
        where T : class, IResource<T> => !T.Definition.Namespaced || entity.Namespace().Length > 0
            ? entity.Metadata.Namespace
            : throw new ArgumentException($"{T.Definition.Kind} \"{entity.Name()}\" is namespaced: set its namespace.", nameof(entity));

    // A server that does not know the kind answers 404 too, without a status that names an object: that is a failure.
    private static bool IsMissingObject(KubernetesException e) => e.IsNotFound && e.Status.Details?.Name is not null;

    private static JsonObject ToJson(DeleteOptions options)
    {
        var json = new JsonObject { ["kind"] = "DeleteOptions", ["apiVersion"] = "v1" };
        if (options.PropagationPolicy is { } policy)
            json["propagationPolicy"] = policy;
        if (options.GracePeriodSeconds is { } seconds)
            json["gracePeriodSeconds"] = seconds;
        var preconditions = new JsonObject();
        if (options.Uid is { } uid)
            preconditions["uid"] = uid;
        if (options.ResourceVersion is { } version)
            preconditions["resourceVersion"] = version;
        if (preconditions.Count > 0)
            json["preconditions"] = preconditions;
        return json;
    }

    private void LogUnreadable<T>(V1ObjectMeta? metadata, JsonException error)
        where T : class, IResource<T> => Log.Unreadable(_log, T.Definition.Kind, metadata?.Namespace, metadata?.Name, error.Message);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Kind} \"{Namespace}/{Name}\" is left out because it cannot be read: {Error}")]
        public static partial void Unreadable(ILogger log, string kind, string? @namespace, string? name, string error);
    }
}
