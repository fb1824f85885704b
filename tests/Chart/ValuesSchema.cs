using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Hearth.Chart.Tests;

/// <summary>Checks values as Helm does with <c>values.schema.json</c>, in the part of JSON Schema that the chart uses.</summary>
internal static class ValuesSchema
{
    private static readonly HashSet<string> Known =
    [
        "$schema", "title", "description", "type", "properties", "required", "additionalProperties", "items", "enum", "pattern", "minimum", "maximum", "minLength",
    ];

    /// <summary>Every fault with its path; none when the values are valid.</summary>
    public static IEnumerable<string> Validate(JsonObject schema, JsonNode? value, string path = "")
    {
        Assert.Empty(schema.Select(k => k.Key).Except(Known));
        if (schema["type"] is { } type && TypeOf(value) != (string)type! && (TypeOf(value), (string)type!) != ("integer", "number"))
            return [$"{path}: expected {type}, not {TypeOf(value)}"];
        return value switch
        {
            JsonObject entries => ValidateObject(schema, entries, path),
            JsonArray items => items.SelectMany((item, i) => schema["items"] is JsonObject each ? Validate(each, item, $"{path}[{i}]") : []),
            _ => ValidateScalar(schema, value, path),
        };
    }

    private static IEnumerable<string> ValidateObject(JsonObject schema, JsonObject entries, string path)
    {
        foreach (var required in schema["required"]?.AsArray() ?? [])
        {
            if (!entries.ContainsKey((string)required!))
                yield return $"{path}: lacks {required}";
        }
        foreach (var (key, value) in entries)
        {
            var at = $"{path}.{key}";
            var known = schema["properties"]?[key] ?? schema["additionalProperties"];
            if (known is JsonObject inner)
            {
                foreach (var fault in Validate(inner, value, at))
                    yield return fault;
            }
            else if (known?.GetValueKind() == JsonValueKind.False)
            {
                yield return $"{at}: not known";
            }
        }
    }

    private static IEnumerable<string> ValidateScalar(JsonObject schema, JsonNode? value, string path)
    {
        if (schema["enum"] is JsonArray members && !members.Any(m => (string)m! == (string)value!))
            yield return $"{path}: none of the allowed values";
        if (schema["pattern"] is { } pattern && !Regex.IsMatch((string)value!, (string)pattern!, RegexOptions.None, TimeSpan.FromSeconds(1)))
            yield return $"{path}: does not match {pattern}";
        if (schema["minLength"] is { } length && ((string)value!).Length < (int)length)
            yield return $"{path}: too short";
        if (schema["minimum"] is { } minimum && (long)value! < (long)minimum)
            yield return $"{path}: below {minimum}";
        if (schema["maximum"] is { } maximum && (long)value! > (long)maximum)
            yield return $"{path}: above {maximum}";
    }

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.ToJsonString().Contains('.', StringComparison.Ordinal) ? "number" : "integer",
        _ => "boolean",
    };
}
