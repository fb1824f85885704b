using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hearth.Kubernetes.InMemory.Patches;

/// <summary>Elements of lists that are merged by keys.</summary>
internal static class ListItems
{
    /// <summary>The element of <paramref name="list"/> that has the keys of <paramref name="wanted"/>, or null.</summary>
    public static JsonObject? Find(JsonArray list, JsonObject wanted, IReadOnlyList<string> keys) =>
        list.Objects().FirstOrDefault(e => keys.All(k => SameKey(e[k], wanted[k])));

    /// <summary>The keys of an element and their values, as a JSON object.</summary>
    public static string Identity(JsonObject element, IReadOnlyList<string> keys) =>
        $"{{{string.Join(',', keys.Where(element.ContainsKey).Select(k => $"\"{JsonEncodedText.Encode(k)}\":{element[k]?.ToJsonString() ?? "null"}"))}}}";

    // A port without protocol is a TCP port; no other key has a default.
    private static bool SameKey(JsonNode? a, JsonNode? b) => JsonNode.DeepEquals(a, b) || (IsTcp(a) && IsTcp(b));

    private static bool IsTcp(JsonNode? protocol) => protocol is null || protocol.Text() == "TCP";
}
