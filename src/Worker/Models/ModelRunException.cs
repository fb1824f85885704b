namespace Hearth.Worker.Models;

/// <summary>A run of a model did not succeed.</summary>
/// <param name="message">What the runtime said.</param>
/// <param name="isCallersFault">Whether other inputs would do; otherwise the model or the machine failed.</param>
/// <param name="innerException">What the runtime threw.</param>
internal sealed class ModelRunException(string message, bool isCallersFault, Exception innerException) : Exception(message, innerException)
{
    /// <summary>Whether other inputs would do.</summary>
    public bool IsCallersFault { get; } = isCallersFault;
}
