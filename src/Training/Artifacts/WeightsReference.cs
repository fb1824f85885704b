namespace Hearth.Training.Artifacts;

/// <summary>Where a model's weights are.</summary>
public sealed record WeightsReference
{
    /// <summary>Name of the safetensors file beside <c>model.json</c>.</summary>
    public string File { get; set; } = "";

    /// <summary>Its SHA-256, 64 lower-case hexadecimal digits.</summary>
    public string Sha256 { get; set; } = "";
}
