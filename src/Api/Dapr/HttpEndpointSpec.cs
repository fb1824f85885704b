using Hearth.Api.Meta;

namespace Hearth.Api.Dapr;

/// <summary>Where a sidecar sends what is invoked by the name of an <see cref="HttpEndpoint"/>.</summary>
public sealed record HttpEndpointSpec : Extensible
{
    /// <summary>The path of an invocation is appended to it, after a slash.</summary>
    public string? BaseUrl { get; set; }
}
