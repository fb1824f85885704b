using System.Text.Json;
using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>Specification of a pod.</summary>
public sealed record V1PodSpec : Extensible
{
    public IReadOnlyList<V1Container> Containers { get; set; } = [];
    public IReadOnlyList<V1Container>? InitContainers { get; set; }
    public IReadOnlyList<V1Volume>? Volumes { get; set; }
    public string? NodeName { get; set; }
    public IReadOnlyDictionary<string, string>? NodeSelector { get; set; }
    public IReadOnlyList<JsonElement>? Tolerations { get; set; }
    public JsonElement? Affinity { get; set; }
    public string? RestartPolicy { get; set; }
    public string? ServiceAccountName { get; set; }
    public bool? AutomountServiceAccountToken { get; set; }
    public bool? EnableServiceLinks { get; set; }
    public long? TerminationGracePeriodSeconds { get; set; }
    public string? PriorityClassName { get; set; }
    public string? RuntimeClassName { get; set; }
    public string? SchedulerName { get; set; }
    public IReadOnlyList<V1LocalObjectReference>? ImagePullSecrets { get; set; }
    public JsonElement? SecurityContext { get; set; }
    public string? Hostname { get; set; }
    public string? Subdomain { get; set; }
}
