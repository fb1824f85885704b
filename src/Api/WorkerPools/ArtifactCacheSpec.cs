using Hearth.Api.Schema;

namespace Hearth.Api.WorkerPools;

/// <summary>Content-addressed cache of artifacts.</summary>
public sealed record ArtifactCacheSpec
{
    /// <summary>Largest size as a Kubernetes quantity; the least recently used go first.</summary>
    [Length(0, 32)]
    [Pattern(Quantity.Pattern)]
    public string SizeLimit { get; set; } = "10Gi";
}
