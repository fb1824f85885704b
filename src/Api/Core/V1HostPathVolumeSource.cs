using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>A directory of the node.</summary>
public sealed record V1HostPathVolumeSource : Extensible
{
    public string Path { get; set; } = "";
    public string? Type { get; set; }
}
