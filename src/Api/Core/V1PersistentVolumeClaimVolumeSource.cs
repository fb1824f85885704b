using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>A volume that a claim of the pod's namespace stands for.</summary>
public sealed record V1PersistentVolumeClaimVolumeSource : Extensible
{
    public string ClaimName { get; set; } = "";
    public bool? ReadOnly { get; set; }
}
