using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>What the node says of a container.</summary>
public sealed record V1ContainerStatus : Extensible
{
    public string Name { get; set; } = "";
    public string? Image { get; set; }
    public string? ImageID { get; set; }
    public string? ContainerID { get; set; }
    public bool Ready { get; set; }
    public bool? Started { get; set; }
    public int RestartCount { get; set; }
    public V1ContainerState? State { get; set; }
    public V1ContainerState? LastState { get; set; }
}
