using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>A secret (core/v1).</summary>
public sealed record V1Secret : KubernetesObject, IResource<V1Secret>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("", "v1", "Secret", "secrets");

    /// <inheritdoc/>
    public static JsonTypeInfo<V1Secret> JsonTypeInfo => ApiJsonContext.Default.V1Secret;

    /// <summary>Values in base64, by key.</summary>
    public IReadOnlyDictionary<string, string>? Data { get; set; }
    public IReadOnlyDictionary<string, string>? StringData { get; set; }
    public string? Type { get; set; }
}
