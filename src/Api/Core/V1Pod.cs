using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>A pod (core/v1): the fields Hearth reads or writes; the rest is kept as it came.</summary>
public sealed record V1Pod : KubernetesObject, IResource<V1Pod>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("", "v1", "Pod", "pods");

    /// <inheritdoc/>
    public static JsonTypeInfo<V1Pod> JsonTypeInfo => ApiJsonContext.Default.V1Pod;

    public V1PodSpec Spec { get; set; } = new();
    public V1PodStatus? Status { get; set; }
}
