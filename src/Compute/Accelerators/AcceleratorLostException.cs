namespace Hearth.Compute.Accelerators;

/// <summary>A device failed, or was taken away, and its memory with it. Nothing brings it back within this process.</summary>
/// <param name="accelerator">Name of the accelerator.</param>
/// <param name="reason">What the driver said, and to which call.</param>
public sealed class AcceleratorLostException(string accelerator, string reason)
    : Exception($"\"{accelerator}\" is lost: {reason}. Dispose it; start the process again to use the device again.")
{
    /// <summary>What the driver said, and to which call.</summary>
    public string Reason { get; } = reason;
}
