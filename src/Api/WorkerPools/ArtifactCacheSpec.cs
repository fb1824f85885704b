using Hearth.Api.Schema;

namespace Hearth.Api.WorkerPools;

/// <summary>Content-addressed cache of artifacts.</summary>
public sealed record ArtifactCacheSpec
{
    /// <summary>
    /// Directory of the node that its workers share as cache. It must be writable for the workers' user and allowed by the namespace's pod security. Empty gives each
    /// worker a cache of its own; absent, the administrator's choice for the cluster counts (worker.cacheHostPath of the chart).
    /// </summary>
    [Length(0, 256)]
    [Pattern("^(/.*)?$")]
    public string? HostPath { get; set; }

    /// <summary>Largest size as a Kubernetes quantity; the least recently used go first.</summary>
    [Length(0, 32)]
    [Pattern(Quantity.Pattern)]
    public string SizeLimit { get; set; } = "10Gi";
}
