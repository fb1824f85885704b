using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>Since when a container runs.</summary>
public sealed record V1ContainerStateRunning : Extensible
{
    public DateTimeOffset? StartedAt { get; set; }
}
