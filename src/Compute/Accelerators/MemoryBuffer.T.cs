namespace Hearth.Compute.Accelerators;

/// <summary>Elements in the memory of an accelerator.</summary>
/// <typeparam name="T">Type of the elements.</typeparam>
public sealed class MemoryBuffer<T> : IDisposable
    where T : unmanaged
{
    private readonly MemoryBuffer _memory;

    internal MemoryBuffer(MemoryBuffer memory, long length, long offsetInBytes = 0)
    {
        _memory = memory;
        View = new ArrayView<T>(memory, offsetInBytes, length);
    }

    /// <summary>Number of elements.</summary>
    public long Length => View.Length;

    /// <summary>All elements.</summary>
    public ArrayView<T> View { get; }

    /// <summary>Gives the memory back; no view of it may be used afterwards.</summary>
    public void Dispose() => _memory.Dispose();
}
