namespace Hearth.Worker.OnnxRuntime;

/// <summary>ONNX Runtime refused a call; the message is its own.</summary>
/// <param name="code">Its code.</param>
/// <param name="message">Its message.</param>
public sealed class OnnxRuntimeException(OrtErrorCode code, string message) : Exception(message)
{
    /// <summary>Its code.</summary>
    public OrtErrorCode Code { get; } = code;
}
