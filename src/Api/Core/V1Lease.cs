using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>A lease (coordination.k8s.io/v1).</summary>
public sealed record V1Lease : KubernetesObject, IResource<V1Lease>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("coordination.k8s.io", "v1", "Lease", "leases");

    /// <inheritdoc/>
    public static JsonTypeInfo<V1Lease> JsonTypeInfo => ApiJsonContext.Default.V1Lease;

    public V1LeaseSpec Spec { get; set; } = new();
}
