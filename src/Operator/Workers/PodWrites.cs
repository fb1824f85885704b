using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;

namespace Hearth.Operator.Workers;

/// <summary>Writes to worker pods that are no part of the claim protocol.</summary>
internal static class PodWrites
{
    /// <summary>Makes <paramref name="owner"/> the only owner of a pod, if the pod is still as it was seen (409 otherwise).</summary>
    public static Task<V1Pod> AdoptAsync(IKubernetesClient client, V1Pod pod, V1OwnerReference owner, CancellationToken cancel)
    {
        var metadata = new JsonObject
        {
            ["resourceVersion"] = pod.Metadata.ResourceVersion,
            ["ownerReferences"] = new JsonArray(JsonSerializer.SerializeToNode(owner, ApiJsonContext.Default.V1OwnerReference)),
        };
        return client.PatchAsync<V1Pod>(pod.Name(), pod.Namespace(), new(new JsonObject { ["metadata"] = metadata }), null, cancel);
    }

    /// <summary>Deletes a pod, if it is still as it was seen (409 otherwise): it may have been claimed meanwhile.</summary>
    public static Task DeleteUnchangedAsync(IKubernetesClient client, V1Pod pod, CancellationToken cancel) =>
        client.DeleteAsync<V1Pod>(
            pod.Name(), pod.Namespace(), new() { Uid = pod.Uid(), ResourceVersion = pod.Metadata.ResourceVersion }, cancel);
}
