using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>One aspect of a node's state, for example <c>Ready</c>.</summary>
public sealed record V1NodeCondition : Extensible
{
    public string Type { get; set; } = "";
    public string Status { get; set; } = ConditionStatus.Unknown;
    public string? Reason { get; set; }
    public string? Message { get; set; }
    public DateTimeOffset? LastHeartbeatTime { get; set; }
    public DateTimeOffset? LastTransitionTime { get; set; }
}
