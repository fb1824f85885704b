namespace Hearth.Compute.Accelerators;

/// <summary>A buffer does not fit in what is left of an accelerator's memory budget.</summary>
/// <param name="accelerator">Name of the accelerator.</param>
/// <param name="requested">Bytes asked for.</param>
/// <param name="inUse">Bytes that buffers hold.</param>
/// <param name="memorySize">Bytes that buffers may hold together.</param>
public sealed class AcceleratorMemoryException(string accelerator, long requested, long inUse, long memorySize)
    : Exception(
        $"A buffer of {requested} bytes does not fit on \"{accelerator}\": buffers hold {inUse} of the {memorySize} bytes they may. "
        + "Dispose buffers or raise the budget.")
{
    /// <summary>Bytes asked for.</summary>
    public long Requested { get; } = requested;

    /// <summary>Bytes that buffers held.</summary>
    public long InUse { get; } = inUse;

    /// <summary>Bytes that buffers may hold together.</summary>
    public long MemorySize { get; } = memorySize;
}
