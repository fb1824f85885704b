using System.Globalization;
using System.Text.Json.Nodes;

namespace Hearth.Kubernetes.InMemory.Patches;

/// <summary>JSON patch (RFC 6902): add, remove, replace, move, copy and test, all or nothing.</summary>
internal static class JsonPatch
{
    /// <summary>The patched value; <paramref name="target"/> is not changed.</summary>
    /// <exception cref="StatusException">400 for a malformed patch, 422 for one that does not fit the target.</exception>
    public static JsonNode? Apply(JsonNode target, JsonNode? patch)
    {
        if (patch is not JsonArray operations)
            throw Refusal.BadRequest("a JSON patch must be an array of operations");
        // A root above the document makes the document itself a place like any other.
        var root = new JsonObject { [""] = target.DeepClone() };
        foreach (var operation in operations)
            Apply(root, operation as JsonObject ?? throw Refusal.BadRequest("a JSON patch operation must be an object"));
        return root[""]?.DeepClone();
    }

    private static void Apply(JsonObject root, JsonObject operation)
    {
        var name = operation.Text("op");
        var path = Pointer(operation, "path");
        switch (name)
        {
            case "add":
                Add(root, path, Value(operation));
                break;
            case "replace":
                Remove(root, path);
                Add(root, path, Value(operation));
                break;
            case "remove":
                Remove(root, path);
                break;
            case "copy":
                Add(root, path, Get(root, Pointer(operation, "from"))?.DeepClone());
                break;
            case "move":
                var moved = Get(root, Pointer(operation, "from"))?.DeepClone();
                Remove(root, Pointer(operation, "from"));
                Add(root, path, moved);
                break;
            case "test":
                if (!JsonNode.DeepEquals(Get(root, path), Value(operation)))
                    throw Refusal.PatchFailed($"testing value {operation.Text("path")} failed");
                break;
            default:
                throw Refusal.BadRequest($"\"{name}\" is no JSON patch operation: use add, remove, replace, move, copy or test");
        }
    }

    private static JsonNode? Value(JsonObject operation) =>
        operation.TryGetPropertyValue("value", out var value)
            ? value?.DeepClone()
            : throw Refusal.BadRequest($"the JSON patch operation \"{operation.Text("op")}\" has no value");

    /// <summary>Tokens of a JSON pointer (RFC 6901), the first of which names the document under the root.</summary>
    private static string[] Pointer(JsonObject operation, string property)
    {
        var pointer = operation.Text(property);
        if (pointer is null || (pointer.Length > 0 && pointer[0] != '/'))
            throw Refusal.BadRequest($"the {property} of a JSON patch operation must be a JSON pointer such as \"/metadata/labels/app\"");
        return [.. pointer.Split('/').Select(Unescape)];
    }

    private static string Unescape(string token) =>
        token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private static JsonNode? Get(JsonObject root, string[] path) => Step(Parent(root, path), path[^1], path);

    private static JsonNode Parent(JsonObject root, string[] path)
    {
        JsonNode? node = root;
        foreach (var token in path.AsSpan(0, path.Length - 1))
            node = Step(node, token, path);
        return node ?? throw Missing(path);
    }

    private static JsonNode? Step(JsonNode? node, string token, string[] path) => node switch
    {
        JsonObject entries when entries.TryGetPropertyValue(token, out var child) => child,
        JsonArray array when Index(token, array.Count - 1) is { } i => array[i],
        _ => throw Missing(path),
    };

    private static void Add(JsonObject root, string[] path, JsonNode? value)
    {
        switch (Parent(root, path))
        {
            case JsonObject entries:
                entries[path[^1]] = value;
                break;
            case JsonArray array when path[^1] == "-":
                array.Add(value);
                break;
            case JsonArray array when Index(path[^1], array.Count) is { } i:
                array.Insert(i, value);
                break;
            default:
                throw Missing(path);
        }
    }

    private static void Remove(JsonObject root, string[] path)
    {
        switch (Parent(root, path))
        {
            case JsonObject entries when entries.Remove(path[^1]):
                break;
            case JsonArray array when Index(path[^1], array.Count - 1) is { } i:
                array.RemoveAt(i);
                break;
            default:
                throw Missing(path);
        }
    }

    private static int? Index(string token, int last) =>
        int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var i) && i <= last ? i : null;

    private static StatusException Missing(string[] path) =>
        Refusal.PatchFailed($"the path {string.Join('/', path)} does not exist");
}
