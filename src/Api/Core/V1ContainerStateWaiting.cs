using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>Why a container does not run yet.</summary>
public sealed record V1ContainerStateWaiting : Extensible
{
    public string? Reason { get; set; }
    public string? Message { get; set; }
}
