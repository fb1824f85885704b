using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;

namespace Hearth.Operator.Status;

/// <summary>Writes a status by server-side apply, and only one that differs from what is there.</summary>
internal sealed class StatusWriter(IKubernetesClient client)
{
    /// <summary>Makes <paramref name="after"/> the status of <paramref name="entity"/>. True when it was written.</summary>
    public async Task<bool> WriteAsync<T, TStatus>(
        T entity, TStatus? before, TStatus after, JsonTypeInfo<TStatus> json, CancellationToken cancel)
        where T : class, IResource<T>
        where TStatus : class
    {
        if (Difference(before, after, json) is not { } status)
            return false;
        var applied = new JsonObject
        {
            ["apiVersion"] = T.Definition.ApiVersion,
            ["kind"] = T.Definition.Kind,
            ["metadata"] = new JsonObject { ["name"] = entity.Name(), ["namespace"] = entity.Namespace() },
            ["status"] = JsonNode.Parse(status),
        };
        await client.ApplyAsync<T>(applied, "status", cancel);
        return true;
    }

    /// <summary><paramref name="after"/> as JSON; null where it says what <paramref name="before"/> does.</summary>
    public static byte[]? Difference<TStatus>(TStatus? before, TStatus after, JsonTypeInfo<TStatus> json)
        where TStatus : class
    {
        // One type writes its properties in one order: what differs in text differs.
        var status = JsonSerializer.SerializeToUtf8Bytes(after, json);
        return before is not null && status.AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(before, json)) ? null : status;
    }
}
