using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>A volume of a pod.</summary>
public sealed record V1Volume : Extensible
{
    public string Name { get; set; } = "";
    public V1HostPathVolumeSource? HostPath { get; set; }
    public V1EmptyDirVolumeSource? EmptyDir { get; set; }
    public V1SecretVolumeSource? Secret { get; set; }
    public V1PersistentVolumeClaimVolumeSource? PersistentVolumeClaim { get; set; }
}
