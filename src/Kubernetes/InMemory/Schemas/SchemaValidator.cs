using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Hearth.Api.Meta;

namespace Hearth.Kubernetes.InMemory.Schemas;

/// <summary>Checks a value against a structural schema and names every fault in Kubernetes' words. CEL rules are not interpreted.</summary>
internal static class SchemaValidator
{
    private static readonly ConcurrentDictionary<string, Regex> Patterns = new();

    /// <summary>Every fault of a whole object, none when it is valid.</summary>
    public static List<V1StatusCause> Validate(JsonObject entity, JsonObject schema)
    {
        var faults = new List<V1StatusCause>();
        CheckFields(entity, schema, "", faults);
        return faults;
    }

    private static void Check(JsonNode? value, JsonObject schema, string path, List<V1StatusCause> faults)
    {
        if (value is null && schema["nullable"].IsTrue())
            return;
        if (!CheckType(value, schema, path, faults))
            return;
        if (schema["enum"] is JsonArray allowed && !allowed.Any(a => JsonNode.DeepEquals(a, value)))
        {
            var supported = string.Join(", ", allowed.Select(a => a?.Print()));
            Add(faults, path, "FieldValueNotSupported", $"Unsupported value: {Print(value)}: supported values: {supported}");
        }
        switch (value)
        {
            case JsonObject entries:
                CheckFields(entries, schema, path, faults);
                break;
            case JsonArray list:
                CheckList(list, schema, path, faults);
                break;
            case JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String:
                CheckText(scalar.GetValue<string>(), schema, path, faults);
                break;
            case JsonValue scalar when scalar.GetValueKind() == JsonValueKind.Number:
                CheckNumber(scalar, schema, path, faults);
                break;
        }
    }

    private static bool CheckType(JsonNode? value, JsonObject schema, string path, List<V1StatusCause> faults)
    {
        var actual = TypeOf(value);
        if (schema["x-kubernetes-int-or-string"].IsTrue())
        {
            if (actual is "integer" or "string")
                return true;
            Add(faults, path, "FieldValueTypeInvalid", $"Invalid value: \"{actual}\": {path} in body must be of type integer,string: \"{actual}\"");
            return false;
        }
        var expected = schema.Text("type");
        if (expected is null || actual == expected || (expected == "number" && actual == "integer"))
            return true;
        Add(faults, path, "FieldValueTypeInvalid", $"Invalid value: \"{actual}\": {path} in body must be of type {expected}: \"{actual}\"");
        return false;
    }

    private static void CheckFields(JsonObject entries, JsonObject schema, string path, List<V1StatusCause> faults)
    {
        foreach (var required in (schema["required"] as JsonArray ?? []).Select(r => r.Text()).OfType<string>())
        {
            if (!entries.ContainsKey(required))
                Add(faults, Join(path, required), "FieldValueRequired", "Required value");
        }
        CheckCount(entries.Count, schema, "Properties", path, faults);
        foreach (var (name, value) in entries)
        {
            if (path.Length == 0 && name is ("apiVersion" or "kind" or "metadata"))
                continue;
            if ((schema.At("properties", name) ?? schema["additionalProperties"]) is JsonObject field)
                Check(value, field, Join(path, name), faults);
        }
    }

    private static void CheckList(JsonArray list, JsonObject schema, string path, List<V1StatusCause> faults)
    {
        CheckCount(list.Count, schema, "Items", path, faults);
        if (schema["items"] is not JsonObject items)
            return;
        for (var i = 0; i < list.Count; i++)
            Check(list[i], items, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), faults);
        CheckKeys(list, schema, path, faults);
    }

    private static void CheckKeys(JsonArray list, JsonObject schema, string path, List<V1StatusCause> faults)
    {
        if (schema["x-kubernetes-list-map-keys"] is not JsonArray keys)
            return;
        var seen = new HashSet<string>();
        for (var i = 0; i < list.Count; i++)
        {
            var identity = new JsonObject(keys.Select(k => KeyValuePair.Create(k.Text()!, list[i].At(k.Text()!)?.DeepClone()))).Print();
            if (!seen.Add(identity))
                Add(faults, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), "FieldValueDuplicate", $"Duplicate value: {identity}");
        }
    }

    private static void CheckCount(int count, JsonObject schema, string what, string path, List<V1StatusCause> faults)
    {
        if (schema.Integer($"max{what}") is { } most && count > most)
            Add(faults, path, "FieldValueTooMany", Invariant($"Too many: {count}: must have at most {most} items"));
        if (schema.Integer($"min{what}") is { } least && count < least)
            Add(faults, path, "FieldValueInvalid", Invariant($"Invalid value: {count}: {path} in body should have at least {least} items"));
    }

    private static void CheckText(string text, JsonObject schema, string path, List<V1StatusCause> faults)
    {
        var length = text.EnumerateRunes().Count();
        if (schema.Integer("maxLength") is { } longest && length > longest)
            Add(faults, path, "FieldValueTooLong", Invariant($"Too long: may not be more than {longest} bytes"));
        if (schema.Integer("minLength") is { } shortest && length < shortest)
            Add(faults, path, "FieldValueInvalid", Invariant($"Invalid value: {Print(text)}: {path} in body should be at least {shortest} chars long"));
        if (schema.Text("pattern") is { } pattern && !Compile(pattern).IsMatch(text))
            Add(faults, path, "FieldValueInvalid", $"Invalid value: {Print(text)}: {path} in body should match '{pattern}'");
        if (schema.Text("format") == "date-time" && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _))
            Add(faults, path, "FieldValueInvalid", $"Invalid value: {Print(text)}: {path} in body must be of type date-time: {Print(text)}");
    }

    private static void CheckNumber(JsonValue number, JsonObject schema, string path, List<V1StatusCause> faults)
    {
        var value = double.Parse(number.Print(), CultureInfo.InvariantCulture);
        if (schema["maximum"] is { } most && value > double.Parse(most.Print(), CultureInfo.InvariantCulture))
            Add(faults, path, "FieldValueInvalid", $"Invalid value: {Print(number)}: {path} in body should be less than or equal to {most.Print()}");
        if (schema["minimum"] is { } least && value < double.Parse(least.Print(), CultureInfo.InvariantCulture))
            Add(faults, path, "FieldValueInvalid", $"Invalid value: {Print(number)}: {path} in body should be greater than or equal to {least.Print()}");
        if (schema.Text("format") == "int32" && value is (< int.MinValue or > int.MaxValue))
            Add(faults, path, "FieldValueInvalid", $"Invalid value: {Print(number)}: Checked value must be of type integer with format int32 in {path}");
    }

    // As Kubernetes' RE2: linear time, and $ is the end of the text, not of its last line.
    private static Regex Compile(string pattern) => Patterns.GetOrAdd(pattern, static p =>
        new Regex(p.EndsWith('$') && !p.EndsWith(@"\$", StringComparison.Ordinal) ? p[..^1] + @"\z" : p, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.Integer() is not null ? "integer" : "number",
        _ => "boolean",
    };

    private static string Print(JsonNode? value) => value is JsonObject or JsonArray ? $"\"{TypeOf(value)}\"" : value?.Print() ?? "null";

    private static string Print(string text) => JsonValue.Create(text).Print();

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Add(List<V1StatusCause> faults, string path, string reason, string message) =>
        faults.Add(new() { Field = path, Reason = reason, Message = message });
}
