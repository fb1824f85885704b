using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Hearth.Kubernetes.Crds;

/// <summary>Writes JSON as block-style YAML, always the same text for the same value. Strings that YAML could read otherwise are quoted.</summary>
internal static partial class YamlWriter
{
    // Only quotes, backslashes and control characters are escaped, which YAML's double-quoted style reads alike.
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>The document of <paramref name="value"/>, ending in a line feed.</summary>
    public static string Write(JsonObject value)
    {
        var text = new StringBuilder();
        WriteFields(text, value, 0);
        return text.ToString();
    }

    private static void WriteFields(StringBuilder text, JsonObject fields, int indent, bool afterDash = false)
    {
        foreach (var (name, value) in fields)
        {
            if (!afterDash)
                text.Append(' ', indent);
            afterDash = false;
            text.Append(Scalar(name)).Append(':');
            WriteValue(text, value, value is JsonArray ? indent : indent + 2);
        }
    }

    private static void WriteValue(StringBuilder text, JsonNode? value, int indent)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } fields:
                text.Append('\n');
                WriteFields(text, fields, indent);
                break;
            case JsonArray { Count: > 0 } list:
                text.Append('\n');
                foreach (var element in list)
                    WriteElement(text, element, indent);
                break;
            default:
                text.Append(' ').Append(Scalar(value)).Append('\n');
                break;
        }
    }

    private static void WriteElement(StringBuilder text, JsonNode? element, int indent)
    {
        text.Append(' ', indent).Append('-');
        if (element is JsonObject { Count: > 0 } fields)
        {
            text.Append(' ');
            WriteFields(text, fields, indent + 2, afterDash: true);
        }
        else
        {
            WriteValue(text, element, indent + 2);
        }
    }

    private static string Scalar(JsonNode? value) => value is JsonValue scalar && scalar.GetValueKind() == JsonValueKind.String
        ? Scalar(scalar.GetValue<string>())
        : value?.ToJsonString() ?? "null";

    private static string Scalar(string text)
    {
        if (Plain().IsMatch(text) && !Reserved().IsMatch(text))
            return text;
        return text.Any(char.IsControl) ? $"\"{Encoder.Encode(text)}\"" : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    [GeneratedRegex("""^[A-Za-z_/$.](?:[A-Za-z0-9_/$.,;()'%=+ -]|:(?=[^\s]))*(?<! )\z""")]
    private static partial Regex Plain();

    // YAML 1.1 readers take these for booleans and nothing.
    [GeneratedRegex(@"^(?:true|false|yes|no|on|off|y|n|null|\.inf|\.nan)\z", RegexOptions.IgnoreCase)]
    private static partial Regex Reserved();
}
