using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Hearth.Kubernetes.InMemory;

/// <summary>Reads YAML as JSON, with the scalars of YAML's core schema. JSON is YAML, and is read as such without the detour.</summary>
internal static partial class YamlReader
{
    // An alias may repeat a subtree; a document that grows past this is an attack, not a manifest.
    private const int MaxNodes = 100_000;

    /// <summary>Reads one object.</summary>
    /// <exception cref="StatusException">400: the text is no YAML, or no object.</exception>
    public static JsonObject ReadObject(ReadOnlySpan<byte> utf8)
    {
        if (utf8.TrimStart(" \t\r\n"u8).StartsWith("{"u8))
            return Json.ParseObject(utf8);
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(Encoding.UTF8.GetString(utf8)));
            var budget = MaxNodes;
            return stream.Documents.Count == 1 && Convert(stream.Documents[0].RootNode, ref budget) is JsonObject entity
                ? entity
                : throw Refusal.BadRequest("the object provided is unrecognized (must be one YAML or JSON object)");
        }
        catch (YamlException e)
        {
            throw Refusal.BadRequest($"the request body is no valid YAML: {e.Message}");
        }
    }

    private static JsonNode? Convert(YamlNode node, ref int budget)
    {
        if (--budget < 0)
            throw Refusal.BadRequest($"the YAML document has more than {MaxNodes} nodes");
        switch (node)
        {
            case YamlMappingNode mapping:
                var entries = new JsonObject();
                foreach (var (key, value) in mapping.Children)
                    entries[((YamlScalarNode)key).Value ?? ""] = Convert(value, ref budget);
                return entries;
            case YamlSequenceNode sequence:
                var list = new JsonArray();
                foreach (var element in sequence.Children)
                    list.Add(Convert(element, ref budget));
                return list;
            default:
                return Scalar((YamlScalarNode)node);
        }
    }

    private static JsonNode? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any))
            return text;
        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => true,
            "false" or "False" or "FALSE" => false,
            _ when Integer().IsMatch(text) && long.TryParse(text, CultureInfo.InvariantCulture, out var integer) => integer,
            _ when Number().IsMatch(text) => double.Parse(text, CultureInfo.InvariantCulture),
            _ => text,
        };
    }

    [GeneratedRegex(@"^[-+]?[0-9]+\z")]
    private static partial Regex Integer();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex Number();
}
