namespace Hearth.Api.InferenceFunctions;

/// <summary>What a model artifact is.</summary>
public enum ModelFormat
{
    /// <summary>An ONNX file, run by ONNX Runtime.</summary>
    Onnx,

    /// <summary>What a TrainingJob or FederatedAggregation writes: safetensors and <c>model.json</c>.</summary>
    Hearth,
}
