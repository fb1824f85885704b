using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Hearth.Kubernetes.Yaml;

/// <summary>
/// YAML as JSON, by the core schema of YAML 1.2: a plain scalar is null, a boolean or a number if it reads like one, anything else a string. Aliases are refused:
/// they let a short text grow without bound.
/// </summary>
public static partial class YamlDocuments
{
    /// <summary>As deep as the JSON reader goes.</summary>
    private const int MaxDepth = 64;

    /// <summary>The documents of a text, each with the line it begins in.</summary>
    /// <exception cref="FormatException">The text is no such YAML; the message begins with the line.</exception>
    public static IReadOnlyList<(JsonNode? Root, long Line)> Read(string text)
    {
        var documents = new List<(JsonNode?, long)>();
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            while (!parser.TryConsume<StreamEnd>(out _))
            {
                parser.Consume<DocumentStart>();
                var line = parser.Current!.Start.Line;
                documents.Add((ReadNode(parser, 0), line));
                parser.Consume<DocumentEnd>();
            }
        }
        catch (YamlException e)
        {
            throw new FormatException($"line {e.Start.Line}: {e.Message}", e);
        }
        return documents;
    }

    private static JsonNode? ReadNode(Parser parser, int depth)
    {
        if (depth > MaxDepth)
            throw new YamlException(parser.Current!.Start, parser.Current.End, $"the document is nested deeper than {MaxDepth} levels");
        if (parser.TryConsume<Scalar>(out var scalar))
            return scalar.Style == ScalarStyle.Plain ? ReadPlain(scalar.Value) : scalar.Value;
        if (parser.TryConsume<SequenceStart>(out _))
        {
            var list = new JsonArray();
            while (!parser.TryConsume<SequenceEnd>(out _))
                list.Add(ReadNode(parser, depth + 1));
            return list;
        }
        parser.Consume<MappingStart>();
        var entries = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = parser.Consume<Scalar>();
            if (!entries.TryAdd(key.Value, ReadNode(parser, depth + 1)))
                throw new YamlException(key.Start, key.End, $"the key \"{key.Value}\" occurs twice");
        }
        return entries;
    }

    private static JsonNode? ReadPlain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ when Integer().IsMatch(text) && long.TryParse(text, CultureInfo.InvariantCulture, out var integer) => integer,
        _ when Number().IsMatch(text) => double.Parse(text, CultureInfo.InvariantCulture),
        _ => text,
    };

    [GeneratedRegex(@"^[-+]?[0-9]+\z")]
    private static partial Regex Integer();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex Number();
}
