using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>Ports of the node's daemons.</summary>
public sealed record V1NodeDaemonEndpoints : Extensible
{
    public V1DaemonEndpoint? KubeletEndpoint { get; set; }
}
