using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>Exactly one of waiting, running and terminated.</summary>
public sealed record V1ContainerState : Extensible
{
    public V1ContainerStateWaiting? Waiting { get; set; }
    public V1ContainerStateRunning? Running { get; set; }
    public V1ContainerStateTerminated? Terminated { get; set; }
}
