using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>Where a volume appears in a container.</summary>
public sealed record V1VolumeMount : Extensible
{
    public string Name { get; set; } = "";
    public string MountPath { get; set; } = "";
    public bool? ReadOnly { get; set; }
    public string? SubPath { get; set; }
}
