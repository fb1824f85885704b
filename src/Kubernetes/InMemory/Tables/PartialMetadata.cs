using System.Text.Json.Nodes;

namespace Hearth.Kubernetes.InMemory.Tables;

/// <summary>Objects without anything but their metadata (meta.k8s.io/v1 PartialObjectMetadata), for callers that need no more.</summary>
internal static class PartialMetadata
{
    private const string ApiVersion = "meta.k8s.io/v1";

    public static JsonObject Of(JsonObject entity) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = ApiVersion,
        ["metadata"] = entity.Metadata().DeepClone(),
    };

    public static JsonObject List(IEnumerable<JsonObject> items, JsonObject listMetadata) => new()
    {
        ["kind"] = "PartialObjectMetadataList",
        ["apiVersion"] = ApiVersion,
        ["metadata"] = listMetadata,
        ["items"] = new JsonArray([.. items.Select(i => (JsonNode)Of(i))]),
    };
}
