using System.Text.Json.Nodes;

namespace Hearth.Conformance.Tests;

/// <summary>Objects of the cases, written as JSON.</summary>
internal static class Objects
{
    /// <summary>Parses an object; single quotes stand for double ones, which C# would have to escape.</summary>
    public static JsonObject Json(string text) => (JsonObject)JsonNode.Parse(text.StartsWith("{\"", StringComparison.Ordinal) ? text : Quote(text))!;

    public static string Quote(string text) => text.Replace('\'', '"');

    /// <summary>The value at a path, as JSON; a number in the path counts elements, two underscores in a name are a dot.</summary>
    public static string At(JsonNode? node, string path)
    {
        foreach (var name in path.Split('.'))
        {
            node = node switch
            {
                JsonArray list when int.TryParse(name, out var i) && i < list.Count => list[i],
                JsonObject entries => entries[name.Replace("__", ".")],
                _ => null,
            };
        }
        return node?.ToJsonString() ?? "absent";
    }

    /// <summary>A config map with one entry.</summary>
    public static JsonObject ConfigMap(string name, string metadata = "") => Json($$$"""
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{{name}}}"{{{metadata}}}}, "data": {"key": "1"}}
        """);

    /// <summary>A pod of one container.</summary>
    public static JsonObject Pod(string name) => Json($$$"""
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "{{{name}}}"}, "spec": {"containers": [{"name": "main", "image": "worker"}]}}
        """);
}
