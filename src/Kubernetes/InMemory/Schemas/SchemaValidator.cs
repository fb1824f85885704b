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

    /// <summary>Every fault of what is at <paramref name="path"/>, empty for a whole object; none when it is valid.</summary>
    public static List<V1StatusCause> Validate(JsonNode? value, JsonObject schema, string path = "")
    {
        var faults = new List<V1StatusCause>();
        Check(value, schema, path, faults);
        return faults;
    }

    private static void Check(JsonNode? value, JsonObject schema, string path, List<V1StatusCause> faults)
    {
        if (value is null && schema["nullable"].IsTrue())
            return;
        if (!CheckType(value, schema, path, faults))
            return;
        if (schema["enum"] is JsonArray allowed && !allowed.Any(a => JsonNode.DeepEquals(a, value)))
            faults.Add(Fault.NotSupported(path, value, allowed));
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
        var isIntOrString = schema["x-kubernetes-int-or-string"].IsTrue();
        var expected = isIntOrString ? "integer,string" : schema.Text("type");
        var fits = isIntOrString
            ? actual is "integer" or "string"
            : expected is null || actual == expected || (expected == "number" && actual == "integer");
        if (!fits)
            faults.Add(Fault.TypeInvalid(path, expected!, actual));
        return fits;
    }

    private static void CheckFields(JsonObject entries, JsonObject schema, string path, List<V1StatusCause> faults)
    {
        foreach (var required in (schema["required"] as JsonArray ?? []).Select(r => r.Text()).OfType<string>())
        {
            if (!entries.ContainsKey(required))
                faults.Add(Fault.Required(Join(path, required)));
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
            Check(list[i], items, Element(path, i), faults);
        CheckKeys(list, schema, path, faults);
    }

    private static void CheckKeys(JsonArray list, JsonObject schema, string path, List<V1StatusCause> faults)
    {
        var keys = schema["x-kubernetes-list-map-keys"] as JsonArray;
        if (keys is null && schema.Text("x-kubernetes-list-type") != "set")
            return;
        var seen = new HashSet<string>();
        for (var i = 0; i < list.Count; i++)
        {
            var element = list[i];
            var identity = keys is null
                ? element?.Print()
                : $"{{{string.Join(',', keys.Select(k => $"{k!.ToJsonString()}:{element.At(k.Text()!)?.Print() ?? "null"}"))}}}";
            if (identity is not null && !seen.Add(identity))
                faults.Add(Fault.Duplicate(Element(path, i), identity));
        }
    }

    private static void CheckCount(int count, JsonObject schema, string what, string path, List<V1StatusCause> faults)
    {
        if (schema.Integer($"max{what}") is { } most && count > most)
            faults.Add(Fault.TooMany(path, count, most));
        if (schema.Integer($"min{what}") is { } least && count < least)
            faults.Add(Fault.Invalid(path, count, $"{path} in body should have at least {least} items"));
    }

    private static void CheckText(string text, JsonObject schema, string path, List<V1StatusCause> faults)
    {
        // A character takes one or two chars of a string.
        if (schema.Integer("maxLength") is { } longest && text.Length > longest && text.EnumerateRunes().Count() > longest)
            faults.Add(Fault.TooLong(path, longest));
        if (schema.Integer("minLength") is { } shortest && text.Length < 2 * shortest && text.EnumerateRunes().Count() < shortest)
            faults.Add(Fault.Invalid(path, text, $"{path} in body should be at least {shortest} chars long"));
        if (schema.Text("pattern") is { } pattern && !Compile(pattern).IsMatch(text))
            faults.Add(Fault.Invalid(path, text, $"{path} in body should match '{pattern}'"));
        if (schema.Text("format") == "date-time" && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _))
            faults.Add(Fault.TypeInvalid(path, "date-time", text));
    }

    private static void CheckNumber(JsonValue number, JsonObject schema, string path, List<V1StatusCause> faults)
    {
        var value = ToDouble(number);
        if (schema["maximum"] is { } most && value > ToDouble(most))
            faults.Add(Fault.Invalid(path, number, $"{path} in body should be less than or equal to {most.Print()}"));
        if (schema["minimum"] is { } least && value < ToDouble(least))
            faults.Add(Fault.Invalid(path, number, $"{path} in body should be greater than or equal to {least.Print()}"));
        if (schema.Text("format") == "int32" && value is (< int.MinValue or > int.MaxValue))
            faults.Add(Fault.Invalid(path, number, $"{path} in body must be of type int32: {number.Print()}"));
    }

    // As Kubernetes' RE2: linear time, and $ is the end of the text, not of its last line.
    private static Regex Compile(string pattern) => Patterns.GetOrAdd(pattern, static p =>
    {
        var endsInDollar = p.EndsWith('$') && !p.EndsWith(@"\$", StringComparison.Ordinal);
        return new Regex(endsInDollar ? p[..^1] + @"\z" : p, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    });

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.Integer() is not null ? "integer" : "number",
        _ => "boolean",
    };

    private static double ToDouble(JsonNode number) => double.Parse(number.ToJsonString(), CultureInfo.InvariantCulture);

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Element(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");
}
