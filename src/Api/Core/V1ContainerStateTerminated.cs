using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>How a container ended.</summary>
public sealed record V1ContainerStateTerminated : Extensible
{
    public int ExitCode { get; set; }
    public int? Signal { get; set; }
    public string? Reason { get; set; }
    public string? Message { get; set; }
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }
}
