using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>A port that a container listens on.</summary>
public sealed record V1ContainerPort : Extensible
{
    public string? Name { get; set; }
    public int ContainerPort { get; set; }
    public string? Protocol { get; set; }
}
