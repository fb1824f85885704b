using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>What the node says of a pod.</summary>
public sealed record V1PodStatus : Extensible
{
    /// <summary><c>Pending</c>, <c>Running</c>, <c>Succeeded</c>, <c>Failed</c> or <c>Unknown</c>.</summary>
    public string? Phase { get; set; }
    public string? Reason { get; set; }
    public string? Message { get; set; }
    public string? HostIP { get; set; }
    public string? PodIP { get; set; }
    public DateTimeOffset? StartTime { get; set; }
    public IReadOnlyList<V1PodCondition>? Conditions { get; set; }
    public IReadOnlyList<V1ContainerStatus>? ContainerStatuses { get; set; }
}
