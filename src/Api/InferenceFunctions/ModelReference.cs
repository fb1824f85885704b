using Hearth.Api.Schema;

namespace Hearth.Api.InferenceFunctions;

/// <summary>A model artifact.</summary>
public sealed record ModelReference
{
    /// <summary>What a URI of an artifact looks like.</summary>
    internal const string UriPattern = "^(file:///|https?://|s3://[^/]+/|pvc://[^/]+/).+$";

    /// <summary>
    /// Where the artifact is: s3://bucket/key, http:// or https://, pvc://claim/path on a PersistentVolumeClaim that the pool's template mounts, or
    /// file:///absolute/path in the worker's container.
    /// </summary>
    [Length(1, 2048)]
    [Pattern(UriPattern)]
    [Required]
    public string Uri { get; set; } = "";

    /// <summary>What the artifact is.</summary>
    public ModelFormat Format { get; set; } = ModelFormat.Onnx;

    /// <summary>SHA-256 of the artifact, 64 hexadecimal digits. A worker refuses other bytes, and finds the artifact in its cache by it.</summary>
    [Length(0, 64)]
    [Pattern("^[0-9a-fA-F]{64}$")]
    public string? Sha256 { get; set; }
}
