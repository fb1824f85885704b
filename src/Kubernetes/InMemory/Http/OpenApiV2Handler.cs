using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Kinds;
using Microsoft.AspNetCore.Http;

namespace Hearth.Kubernetes.InMemory.Http;

/// <summary>OpenAPI v2, all kinds in one document: what clients older than OpenAPI v3 read.</summary>
internal sealed class OpenApiV2Handler(KindRegistry kinds)
{
    // What a structural schema can say and OpenAPI v2 cannot: Kubernetes leaves the same out.
    private static readonly string[] Unknown = ["nullable", "oneOf", "anyOf", "not", "x-kubernetes-validations"];

    /// <summary>Answers <c>/openapi/v2</c>, or returns false when that is not the path.</summary>
    public async Task<bool> TryAnswerAsync(HttpContext http, string[] segments)
    {
        if (segments is not ["openapi", "v2"])
            return false;
        await ApiResponse.WriteAsync(http, StatusCodes.Status200OK, new JsonObject
        {
            ["swagger"] = "2.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.32.0+hearth" },
            ["paths"] = new JsonObject(),
            ["definitions"] = new JsonObject(kinds.All.Select(k => KeyValuePair.Create(OpenApiHandler.SchemaName(k), (JsonNode?)Definition(k)))),
        });
        return true;
    }

    private static JsonObject Definition(ResourceKind kind)
    {
        var definition = OpenApiHandler.Schema(kind);
        Simplify(definition);
        return definition;
    }

    private static void Simplify(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var element in list)
                Simplify(element);
        }
        if (node is not JsonObject schema)
            return;
        foreach (var name in Unknown)
        {
            // A property may have such a name too: that one is a schema of its own.
            if (schema[name] is not JsonObject { Count: > 0 })
                schema.Remove(name);
        }
        foreach (var (_, child) in schema)
            Simplify(child);
    }
}
