using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>A config map (core/v1).</summary>
public sealed record V1ConfigMap : KubernetesObject, IResource<V1ConfigMap>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("", "v1", "ConfigMap", "configmaps");

    /// <inheritdoc/>
    public static JsonTypeInfo<V1ConfigMap> JsonTypeInfo => ApiJsonContext.Default.V1ConfigMap;

    public IReadOnlyDictionary<string, string>? Data { get; set; }
}
