using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>A namespace (core/v1).</summary>
public sealed record V1Namespace : KubernetesObject, IResource<V1Namespace>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("", "v1", "Namespace", "namespaces", Namespaced: false);

    /// <inheritdoc/>
    public static JsonTypeInfo<V1Namespace> JsonTypeInfo => ApiJsonContext.Default.V1Namespace;
}
