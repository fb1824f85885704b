using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>A node (core/v1).</summary>
public sealed record V1Node : KubernetesObject, IResource<V1Node>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("", "v1", "Node", "nodes", Namespaced: false);

    /// <inheritdoc/>
    public static JsonTypeInfo<V1Node> JsonTypeInfo => ApiJsonContext.Default.V1Node;

    public V1NodeSpec Spec { get; set; } = new();
    public V1NodeStatus? Status { get; set; }
}
