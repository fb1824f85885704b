using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Hearth.Cli.Manifests;

/// <summary>YAML as JSON, by the core schema of YAML 1.2: a plain scalar is null, a boolean or a number if it reads like one, anything else a string.</summary>
internal static partial class YamlJson
{
    /// <summary>The documents of a manifest; empty ones are left out.</summary>
    /// <param name="text">The manifest.</param>
    /// <param name="source">Its name in messages.</param>
    /// <exception cref="ManifestException">The text is no YAML, or a document is no mapping.</exception>
    public static IReadOnlyList<JsonObject> Read(string text, string source)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new ManifestException($"\"{source}\" line {e.Start.Line}: {e.Message}", e);
        }
        return [.. stream.Documents.Where(d => !IsEmpty(d.RootNode)).Select(d => ReadDocument(d.RootNode, source))];
    }

    private static bool IsEmpty(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" };

    private static JsonObject ReadDocument(YamlNode root, string source) => root is YamlMappingNode mapping
        ? ToObject(mapping)
        : throw new ManifestException($"\"{source}\" line {root.Start.Line}: expected a mapping with apiVersion, kind and metadata.");

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode mapping => ToObject(mapping),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Select(ToJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => ToValue(scalar.Value ?? ""),
        _ => ((YamlScalarNode)node).Value,
    };

    private static JsonObject ToObject(YamlMappingNode mapping)
    {
        var json = new JsonObject();
        foreach (var (key, value) in mapping)
            json[((YamlScalarNode)key).Value ?? ""] = ToJson(value);
        return json;
    }

    private static JsonNode? ToValue(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ when Integer().IsMatch(text) && long.TryParse(text, CultureInfo.InvariantCulture, out var integer) => integer,
        _ when Number().IsMatch(text) => double.Parse(text, CultureInfo.InvariantCulture),
        _ => text,
    };

    [GeneratedRegex("^[-+]?[0-9]+$")]
    private static partial Regex Integer();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex Number();
}
