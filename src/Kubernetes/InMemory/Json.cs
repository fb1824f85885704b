using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hearth.Kubernetes.InMemory;

/// <summary>Reading and writing of untyped objects. Readers take whatever a user sent: a value of another type reads as absent.</summary>
internal static class Json
{
    // Answers are read by JSON parsers, not by browsers: only quotes, backslashes and control characters need escaping.
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions RelaxedWriter = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Parses one object.</summary>
    /// <exception cref="StatusException">400: the text is no JSON object.</exception>
    public static JsonObject ParseObject(ReadOnlySpan<byte> utf8) =>
        Parse(utf8) as JsonObject ?? throw Refusal.BadRequest("the object provided is unrecognized (must be a JSON object)");

    /// <summary>Parses any value.</summary>
    /// <exception cref="StatusException">400: the text is no JSON, or names a field twice.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonNode.Parse(utf8, documentOptions: Strict);
        }
        catch (JsonException e)
        {
            throw Refusal.BadRequest(DuplicateFields.Find(utf8) is { } twice
                ? $"strict decoding error: duplicate field \"{twice}\""
                : $"the request body is no valid JSON: {e.Message}");
        }
    }

    /// <summary>The node as JSON text.</summary>
    public static string Print(this JsonNode node) => node.ToJsonString(Relaxed);

    /// <summary>The node as JSON text in UTF-8.</summary>
    public static byte[] PrintUtf8(this JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(buffer, RelaxedWriter))
            node.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }

    public static JsonObject Metadata(this JsonObject entity) => (JsonObject)entity["metadata"]!;

    public static string Name(this JsonObject entity) => entity.Metadata().Text("name") ?? "";

    public static string Namespace(this JsonObject entity) => entity.Metadata().Text("namespace") ?? "";

    public static string Uid(this JsonObject entity) => entity.Metadata().Text("uid") ?? "";

    public static bool IsDeleting(this JsonObject entity) => entity.Metadata().ContainsKey("deletionTimestamp");

    public static List<string> Finalizers(this JsonObject entity) =>
        [.. (entity.Metadata()["finalizers"] as JsonArray ?? []).Select(f => f.Text()).OfType<string>()];

    public static bool HasFinalizers(this JsonObject entity) => entity.Metadata()["finalizers"] is JsonArray { Count: > 0 };

    /// <summary>The string under <paramref name="property"/>, or null.</summary>
    public static string? Text(this JsonNode? node, string property) => (node as JsonObject)?[property].Text();

    /// <summary>The node as a string, or null.</summary>
    public static string? Text(this JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>The integer under <paramref name="property"/>, or null.</summary>
    public static long? Integer(this JsonNode? node, string property) => (node as JsonObject)?[property].Integer();

    /// <summary>The node as an integer, or null.</summary>
    public static long? Integer(this JsonNode? node) => node is JsonValue value && TryGetInteger(value, out var number) ? number : null;

    /// <summary>The node as true or false; absent is false.</summary>
    public static bool IsTrue(this JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    /// <summary>The node at a path of property names, or null.</summary>
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            node = (node as JsonObject)?[name];
        return node;
    }

    /// <summary>The node at a dotted path such as <c>.spec.scale.min</c>, or null.</summary>
    public static JsonNode? AtPath(this JsonNode? node, string dotted) => node.At(dotted.TrimStart('.').Split('.'));

    /// <summary>Elements of an array of objects; anything else has none.</summary>
    public static IEnumerable<JsonObject> Objects(this JsonNode? node) => (node as JsonArray)?.OfType<JsonObject>() ?? [];

    /// <summary>The object under <paramref name="property"/>, added when it is not there.</summary>
    public static JsonObject GetOrAdd(this JsonObject parent, string property)
    {
        if (parent[property] is JsonObject child)
            return child;
        child = [];
        parent[property] = child;
        return child;
    }

    /// <summary>Copies <paramref name="property"/> from one object to another, or removes it when the source has none.</summary>
    public static void CopyFrom(this JsonObject target, JsonObject source, string property)
    {
        if (source.TryGetPropertyValue(property, out var value))
            target[property] = value?.DeepClone();
        else
            target.Remove(property);
    }

    /// <summary>A deep copy that the caller may change.</summary>
    public static JsonObject Copy(this JsonObject entity) => (JsonObject)entity.DeepClone();

    public static JsonArray ToArray(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);

    private static bool TryGetInteger(JsonValue value, [NotNullWhen(true)] out long? number)
    {
        number = value.TryGetValue<long>(out var wide) ? wide : value.TryGetValue<int>(out var narrow) ? narrow : null;
        return number is not null;
    }
}
