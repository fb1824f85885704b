using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>What a node says of itself.</summary>
public sealed record V1NodeStatus : Extensible
{
    public IReadOnlyDictionary<string, string>? Capacity { get; set; }
    public IReadOnlyDictionary<string, string>? Allocatable { get; set; }
    public IReadOnlyList<V1NodeCondition>? Conditions { get; set; }
    public IReadOnlyList<V1NodeAddress>? Addresses { get; set; }
    public V1NodeDaemonEndpoints? DaemonEndpoints { get; set; }
    public V1NodeSystemInfo? NodeInfo { get; set; }
}
