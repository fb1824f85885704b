namespace Hearth.Compute.Accelerators;

/// <summary>Memory of an accelerator.</summary>
public abstract class MemoryBuffer : IDisposable
{
    private readonly long _reserved;
    private int _disposed;

    /// <param name="accelerator">Where the memory is.</param>
    /// <param name="lengthInBytes">How much it is.</param>
    /// <param name="reserved">Bytes of the accelerator's budget that it holds.</param>
    private protected MemoryBuffer(Accelerator accelerator, long lengthInBytes, long reserved)
    {
        Accelerator = accelerator;
        LengthInBytes = lengthInBytes;
        _reserved = reserved;
    }

    /// <summary>Where the memory is.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>How much memory it is.</summary>
    public long LengthInBytes { get; }

    /// <summary>What the device knows the memory by: an address or a handle.</summary>
    public nint NativePtr
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            return NativeHandle;
        }
    }

    private protected abstract nint NativeHandle { get; }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Free();
            Accelerator.Return(_reserved);
        }
        GC.SuppressFinalize(this);
    }

    private protected abstract void Free();
}
