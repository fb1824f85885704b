using System.Text;
using System.Text.Json.Nodes;
using Hearth.Kubernetes.Yaml;

namespace Hearth.Kubernetes.InMemory;

/// <summary>Reads a body of YAML. JSON is YAML, and is read as such without the detour.</summary>
internal static class YamlReader
{
    /// <summary>Reads one object.</summary>
    /// <exception cref="StatusException">400: the text is no YAML, or no object.</exception>
    public static JsonObject ReadObject(ReadOnlySpan<byte> utf8)
    {
        if (utf8.TrimStart(" \t\r\n"u8).StartsWith("{"u8))
            return Json.ParseObject(utf8);
        try
        {
            return YamlDocuments.Read(Encoding.UTF8.GetString(utf8)) is [(JsonObject entity, _)]
                ? entity
                : throw Refusal.BadRequest("the object provided is unrecognized (must be a YAML or JSON object)");
        }
        catch (FormatException e)
        {
            throw Refusal.BadRequest($"the request body is no valid YAML: {e.Message}");
        }
    }
}
