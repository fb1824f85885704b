using System.Text.Json;
using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>One container of a pod.</summary>
public sealed record V1Container : Extensible
{
    public string Name { get; set; } = "";
    public string? Image { get; set; }
    public string? ImagePullPolicy { get; set; }
    public IReadOnlyList<string>? Command { get; set; }
    public IReadOnlyList<string>? Args { get; set; }
    public string? WorkingDir { get; set; }
    public IReadOnlyList<V1EnvVar>? Env { get; set; }
    public IReadOnlyList<V1ContainerPort>? Ports { get; set; }
    public V1ResourceRequirements? Resources { get; set; }
    public IReadOnlyList<V1VolumeMount>? VolumeMounts { get; set; }
    public V1Probe? ReadinessProbe { get; set; }
    public V1Probe? LivenessProbe { get; set; }
    public V1Probe? StartupProbe { get; set; }
    public JsonElement? SecurityContext { get; set; }
}
