using Hearth.Api.Schema;

namespace Hearth.Api.FederatedAggregations;

/// <summary>Where a federation keeps what must not be lost.</summary>
public sealed record FederationOutput
{
    /// <summary>
    /// file:///absolute/path of a directory that every worker of the pool sees, or s3://bucket/prefix, where puts on a condition are supported (AWS S3, MinIO, Ceph, R2);
    /// the pool's artifactCache.secretName has the credentials. One federation alone may use it.
    /// </summary>
    [Length(1, 2048)]
    [Pattern("^(file:///.+|s3://[^/?#]+/[^?#]+)$")]
    [Required]
    public string Uri { get; set; } = "";
}
