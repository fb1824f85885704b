using System.Text.Json;
using Hearth.Api.Core;
using Hearth.Api.Schema;

namespace Hearth.Api.WorkerPools;

/// <summary>What worker pods carry beside what Hearth sets.</summary>
public sealed record WorkerTemplate
{
    /// <summary>Labels added to each pod. Those of hearth.dev cannot be set.</summary>
    [Items(64)]
    public IReadOnlyDictionary<string, string>? Labels { get; set; }

    /// <summary>Annotations added to each pod.</summary>
    [Items(64)]
    public IReadOnlyDictionary<string, string>? Annotations { get; set; }

    /// <summary>Labels a node must have.</summary>
    [Items(64)]
    public IReadOnlyDictionary<string, string>? NodeSelector { get; set; }

    /// <summary>Tolerations, as in a pod.</summary>
    [Items(64)]
    [PreserveUnknownFields]
    public IReadOnlyList<JsonElement>? Tolerations { get; set; }

    /// <summary>Volumes, as in a pod: what file:// URIs of functions, jobs and federations lie on.</summary>
    [Items(16)]
    [PreserveUnknownFields]
    public IReadOnlyList<V1Volume>? Volumes { get; set; }

    /// <summary>Where the volumes appear, as in a container. Programs that users bring find them there too.</summary>
    [Items(16)]
    [PreserveUnknownFields]
    public IReadOnlyList<V1VolumeMount>? VolumeMounts { get; set; }

    /// <summary>Runtime class of the pods.</summary>
    [Length(0, 253)]
    public string? RuntimeClassName { get; set; }

    /// <summary>Priority class of the pods.</summary>
    [Length(0, 253)]
    public string? PriorityClassName { get; set; }

    /// <summary>Service account of the pods. It needs no rights: workers never talk to the API server.</summary>
    [Length(0, 253)]
    public string? ServiceAccountName { get; set; }

    /// <summary>Secrets to pull the image with.</summary>
    [Items(16)]
    [PreserveUnknownFields]
    public IReadOnlyList<V1LocalObjectReference>? ImagePullSecrets { get; set; }
}
