using System.Text.Json.Nodes;
using Hearth.Api.Meta;

namespace Hearth.Kubernetes.Client;

/// <summary>What follows from the calls of <see cref="IKubernetesClient"/>.</summary>
public static class KubernetesClientExtensions
{
    /// <summary>Server-side apply of all that is set in an object, forced: whatever else it has stays as it is.</summary>
    public static Task<T> ApplyAsync<T>(this IKubernetesClient client, T entity, CancellationToken cancel = default)
        where T : class, IResource<T> => client.ApplyAsync<T>((JsonObject)JsonNode.Parse(KubernetesJson.Write(entity))!, null, cancel);
}
