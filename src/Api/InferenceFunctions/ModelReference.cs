using Hearth.Api.Schema;

namespace Hearth.Api.InferenceFunctions;

/// <summary>A model artifact.</summary>
public sealed record ModelReference
{
    /// <summary>Where the artifact is: file:///absolute/path, http:// or https://.</summary>
    [Length(1, 2048)]
    [Pattern("^(file:///|https?://).+$")]
    [Required]
    public string Uri { get; set; } = "";

    /// <summary>What the artifact is.</summary>
    public ModelFormat Format { get; set; } = ModelFormat.Onnx;

    /// <summary>SHA-256 of the artifact, 64 hexadecimal digits. A worker refuses other bytes, and finds the artifact in its cache by it.</summary>
    [Length(0, 64)]
    [Pattern("^[0-9a-fA-F]{64}$")]
    public string? Sha256 { get; set; }
}
