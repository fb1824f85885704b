using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Hearth.Chart.Tests.Rendering;

/// <summary>Helm's <c>toYaml</c>: keys in order, lists as deep as their key, strings quoted where they would read as something else.</summary>
internal static partial class YamlText
{
    /// <summary>The YAML of a value, without a line end.</summary>
    public static string Of(JsonNode? node)
    {
        var text = new StringBuilder();
        Write(text, node, 0);
        return text.ToString().TrimEnd('\n');
    }

    private static void Write(StringBuilder text, JsonNode? node, int depth)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } entries:
                foreach (var (key, value) in entries.OrderBy(e => e.Key, StringComparer.Ordinal))
                    WriteEntry(text.Append(' ', depth).Append(Scalar(key)).Append(':'), value, value is JsonArray ? depth : depth + 2);
                break;
            case JsonArray { Count: > 0 } list:
                foreach (var item in list)
                    WriteItem(text, item, depth);
                break;
            default:
                text.Append(Scalar(node)).Append('\n');
                break;
        }
    }

    private static void WriteEntry(StringBuilder text, JsonNode? value, int depth)
    {
        var isBlock = value is JsonObject { Count: > 0 } or JsonArray { Count: > 0 };
        Write(text.Append(isBlock ? '\n' : ' '), value, depth);
    }

    private static void WriteItem(StringBuilder text, JsonNode? item, int depth)
    {
        var block = new StringBuilder();
        Write(block, item, depth + 2);
        text.Append(' ', depth).Append("- ").Append(block.ToString().TrimStart(' '));
    }

    private static string Scalar(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject => "{}",
        JsonArray => "[]",
        _ when node.GetValueKind() == JsonValueKind.String => Scalar((string)node!),
        _ => node.ToJsonString(),
    };

    private static string Scalar(string value) =>
        Plain().IsMatch(value) && !Special().IsMatch(value) && !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? value
            : TemplateFunctions.Quote(value);

    [GeneratedRegex(@"^[A-Za-z0-9_./][A-Za-z0-9_./ -]*(?<! )$|^[A-Za-z0-9_./][A-Za-z0-9_./:-]*(?<!:)$")]
    private static partial Regex Plain();

    [GeneratedRegex("^(true|false|null|yes|no|on|off|y|n|~)$", RegexOptions.IgnoreCase)]
    private static partial Regex Special();
}
