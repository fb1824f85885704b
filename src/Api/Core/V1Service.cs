using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>A service (core/v1).</summary>
public sealed record V1Service : KubernetesObject, IResource<V1Service>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("", "v1", "Service", "services");

    /// <inheritdoc/>
    public static JsonTypeInfo<V1Service> JsonTypeInfo => ApiJsonContext.Default.V1Service;

    public V1ServiceSpec Spec { get; set; } = new();
}
