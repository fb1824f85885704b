using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>A directory that lives as long as the pod.</summary>
public sealed record V1EmptyDirVolumeSource : Extensible
{
    public string? Medium { get; set; }
    public string? SizeLimit { get; set; }
}
