using System.Text.Json.Serialization;
using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>A port; the wire name is upper case.</summary>
public sealed record V1DaemonEndpoint : Extensible
{
    [JsonPropertyName("Port")]
    public int Port { get; set; }
}
