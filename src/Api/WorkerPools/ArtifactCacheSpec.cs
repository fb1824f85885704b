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

    /// <summary>
    /// Secret of the pool's namespace with what s3:// URIs need, under the names that AWS tools read: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN,
    /// AWS_REGION, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3; each may be missing. Workers read it when they start. Absent, the pod's service account or the node decides.
    /// </summary>
    [Length(0, 253)]
    public string? SecretName { get; set; }

    /// <summary>Largest size as a Kubernetes quantity; the least recently used go first.</summary>
    [Length(0, 32)]
    [Pattern(Quantity.Pattern)]
    public string SizeLimit { get; set; } = "10Gi";
}
