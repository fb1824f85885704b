using System.Text.Json.Nodes;
using Hearth.Kubernetes.Yaml;

namespace Hearth.Cli.Manifests;

/// <summary>The objects of a manifest.</summary>
internal static class YamlJson
{
    /// <summary>The documents of a manifest; empty ones are left out.</summary>
    /// <param name="text">The manifest.</param>
    /// <param name="source">Its name in messages.</param>
    /// <exception cref="ManifestException">The text is no YAML, or a document is no mapping.</exception>
    public static IReadOnlyList<JsonObject> Read(string text, string source)
    {
        try
        {
            return [.. YamlDocuments.Read(text).Where(d => d.Root is not null).Select(d => d.Root as JsonObject
                ?? throw new ManifestException($"\"{source}\" line {d.Line}: expected a mapping with apiVersion, kind and metadata."))];
        }
        catch (FormatException e)
        {
            throw new ManifestException($"\"{source}\" {e.Message}", e);
        }
    }
}
