using Hearth.Api;

namespace Hearth.Policies.Pods;

/// <summary>What the cluster's administrator decides about worker pods.</summary>
public sealed record WorkerPodOptions
{
    /// <summary>Image of pools that name none. Defaults to <c>hearth</c>, the image of the operator.</summary>
    public string DefaultImage { get; init; } = "hearth";

    /// <summary>Port of the role. Defaults to 8080.</summary>
    public int DataPort { get; init; } = HearthApi.WorkerDataPort;

    /// <summary>Control port. Defaults to 8081.</summary>
    public int ControlPort { get; init; } = HearthApi.ControlPort;

    /// <summary>Directory of a node that its workers share as artifact cache; null gives each worker its own emptyDir. Defaults to null.</summary>
    public string? CacheHostPath { get; init; }
}
