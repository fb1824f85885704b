using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Hearth.Kubernetes.InMemory;

/// <summary>
/// Reads YAML as JSON, with the scalars of YAML's core schema. JSON is YAML, and is read as such without the detour. Aliases are refused: they
/// let a short text grow without bound, and clients resolve them before they send.
/// </summary>
internal static partial class YamlReader
{
    /// <summary>As deep as the JSON reader goes.</summary>
    private const int MaxDepth = 64;

    /// <summary>Reads one object.</summary>
    /// <exception cref="StatusException">400: the text is no YAML, or no object.</exception>
    public static JsonObject ReadObject(ReadOnlySpan<byte> utf8)
    {
        if (utf8.TrimStart(" \t\r\n"u8).StartsWith("{"u8))
            return Json.ParseObject(utf8);
        try
        {
            var parser = new Parser(new StringReader(Encoding.UTF8.GetString(utf8)));
            parser.Consume<StreamStart>();
            parser.Consume<DocumentStart>();
            var entity = ReadNode(parser, 0) as JsonObject
                ?? throw Refusal.BadRequest("the object provided is unrecognized (must be a YAML or JSON object)");
            parser.Consume<DocumentEnd>();
            parser.Consume<StreamEnd>();
            return entity;
        }
        catch (YamlException e)
        {
            throw Refusal.BadRequest($"the request body is no valid YAML: {e.Message}");
        }
    }

    private static JsonNode? ReadNode(Parser parser, int depth)
    {
        if (depth > MaxDepth)
            throw Refusal.BadRequest($"the YAML document is nested deeper than {MaxDepth} levels");
        if (parser.TryConsume<Scalar>(out var scalar))
            return ReadScalar(scalar);
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

    private static JsonNode? ReadScalar(Scalar scalar)
    {
        var text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain)
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
