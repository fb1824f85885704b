namespace Hearth.Compute.Accelerators;

/// <summary>A buffer does not fit in what is left of an accelerator's memory budget, or of its memory.</summary>
/// <param name="accelerator">Name of the accelerator.</param>
/// <param name="requested">Bytes asked for.</param>
/// <param name="inUse">Bytes that buffers hold.</param>
/// <param name="memorySize">Bytes that buffers may hold together.</param>
/// <param name="refusal">What the driver said, where the budget would have allowed the buffer.</param>
public sealed class AcceleratorMemoryException(string accelerator, long requested, long inUse, long memorySize, string? refusal = null)
    : Exception(
        $"A buffer of {requested} bytes does not fit on \"{accelerator}\": buffers hold {inUse} of the {memorySize} bytes they may"
        + (refusal is null ? ". Dispose buffers or raise the budget." : $", but {refusal}. Dispose buffers or take smaller ones."))
{
    /// <summary>Bytes asked for.</summary>
    public long Requested { get; } = requested;

    /// <summary>Bytes that buffers held.</summary>
    public long InUse { get; } = inUse;

    /// <summary>Bytes that buffers may hold together.</summary>
    public long MemorySize { get; } = memorySize;
}
