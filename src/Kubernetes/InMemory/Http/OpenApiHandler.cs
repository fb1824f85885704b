using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Kinds;
using Microsoft.AspNetCore.Http;

namespace Hearth.Kubernetes.InMemory.Http;

/// <summary>OpenAPI v3, one document per group and version: what <c>kubectl explain</c> reads, and how it decides who validates.</summary>
internal sealed class OpenApiHandler(KindRegistry kinds)
{
    private static readonly string[] WriteParameters = ["dryRun", "fieldManager", "fieldValidation"];

    /// <summary>Answers an OpenAPI path, or returns false when it is none.</summary>
    public async Task<bool> TryAnswerAsync(HttpContext http, string[] segments)
    {
        var body = segments switch
        {
            ["openapi", "v3"] => Index(),
            ["openapi", "v3", "api", var version] => Document("", version),
            ["openapi", "v3", "apis", var group, var version] => Document(group, version),
            _ => null,
        };
        if (body is null)
            return false;
        await ApiResponse.WriteAsync(http, StatusCodes.Status200OK, body);
        return true;
    }

    private JsonObject Index()
    {
        var paths = kinds.All.Select(Root).Distinct()
            .Select(root => KeyValuePair.Create(root, (JsonNode?)new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{root}" }));
        return new() { ["paths"] = new JsonObject(paths) };
    }

    private JsonObject? Document(string group, string version)
    {
        var served = kinds.All.Where(k => k.Group == group && k.Version == version).ToList();
        return served.Count == 0 ? null : new()
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.32.0+hearth" },
            ["paths"] = new JsonObject(served.SelectMany(Paths)),
            ["components"] = new JsonObject
            {
                ["schemas"] = new JsonObject(served.Select(k => KeyValuePair.Create(SchemaName(k), (JsonNode?)Schema(k)))),
            },
        };
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Paths(ResourceKind kind)
    {
        var collection = $"/{Root(kind)}/{(kind.Namespaced ? "namespaces/{namespace}/" : "")}{kind.Plural}";
        yield return new(collection, new JsonObject
        {
            ["get"] = Operation(kind, "list"),
            ["post"] = Operation(kind, "post", WriteParameters),
        });
        yield return new(collection + "/{name}", new JsonObject
        {
            ["get"] = Operation(kind, "get"),
            ["put"] = Operation(kind, "put", WriteParameters),
            ["patch"] = Operation(kind, "patch", [.. WriteParameters, "force"]),
            ["delete"] = Operation(kind, "delete", "dryRun"),
        });
    }

    private static JsonObject Operation(ResourceKind kind, string action, params string[] parameters) => new()
    {
        ["parameters"] = new JsonArray([.. parameters.Select(p => (JsonNode)new JsonObject
        {
            ["name"] = p,
            ["in"] = "query",
            ["schema"] = new JsonObject { ["type"] = "string", ["uniqueItems"] = true },
        })]),
        ["responses"] = new JsonObject
        {
            ["200"] = new JsonObject
            {
                ["description"] = "OK",
                ["content"] = new JsonObject
                {
                    ["application/json"] = new JsonObject
                    {
                        ["schema"] = new JsonObject { ["$ref"] = $"#/components/schemas/{SchemaName(kind)}" },
                    },
                },
            },
        },
        ["x-kubernetes-action"] = action,
        ["x-kubernetes-group-version-kind"] = GroupVersionKind(kind),
    };

    internal static JsonObject Schema(ResourceKind kind)
    {
        var schema = kind.Schema?.Copy() ?? new JsonObject
        {
            ["type"] = "object",
            ["description"] = $"{kind.Kind} of the Kubernetes API. Hearth's local cluster takes its fields as they come.",
            ["x-kubernetes-preserve-unknown-fields"] = true,
        };
        schema["x-kubernetes-group-version-kind"] = new JsonArray(GroupVersionKind(kind));
        return schema;
    }

    private static JsonObject GroupVersionKind(ResourceKind kind) => new()
    {
        ["group"] = kind.Group,
        ["version"] = kind.Version,
        ["kind"] = kind.Kind,
    };

    /// <summary>Names as Kubernetes gives them: the group reversed, then version and kind.</summary>
    internal static string SchemaName(ResourceKind kind) => kind.Group.Length == 0
        ? $"io.k8s.api.core.{kind.Version}.{kind.Kind}"
        : string.Join('.', kind.Group.Split('.').Reverse()) + $".{kind.Version}.{kind.Kind}";

    private static string Root(ResourceKind kind) => kind.Group.Length == 0 ? $"api/{kind.Version}" : $"apis/{kind.Group}/{kind.Version}";
}
