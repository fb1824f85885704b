using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Meta;

namespace Hearth.Api.Dapr;

/// <summary>A name by which apps with a Dapr sidecar in its namespace invoke what is no Dapr app (dapr.io/v1alpha1 HTTPEndpoint).</summary>
public sealed record HttpEndpoint : KubernetesObject, IResource<HttpEndpoint>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("dapr.io", "v1alpha1", "HTTPEndpoint", "httpendpoints");

    /// <inheritdoc/>
    public static JsonTypeInfo<HttpEndpoint> JsonTypeInfo => ApiJsonContext.Default.HttpEndpoint;

    public HttpEndpointSpec Spec { get; set; } = new();
}
