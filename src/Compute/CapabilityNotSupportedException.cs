namespace Hearth.Compute;

/// <summary>This machine lacks a device or a library.</summary>
/// <param name="capability">What is missing, for example <c>ONNX Runtime</c>.</param>
/// <param name="message">What was looked for, where, and what brings it.</param>
/// <param name="innerException">What the system said.</param>
public sealed class CapabilityNotSupportedException(string capability, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>What is missing.</summary>
    public string Capability { get; } = capability;
}
