namespace Hearth.Compute.Accelerators;

/// <summary>A device that holds buffers and computes on them.</summary>
/// <remarks>
/// May be used from several threads, one stream by one thread at a time. Streams are disposed before their accelerator, buffers
/// whenever no work uses them. Use of anything disposed throws <see cref="ObjectDisposedException"/>, use of a device that failed
/// <see cref="AcceleratorLostException"/>.
/// </remarks>
public abstract class Accelerator : IDisposable
{
    private long _memoryInUse;
    private AcceleratorLostException? _lost;
    private int _disposed;

    private protected Accelerator(AcceleratorType type, string name, long memorySize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(memorySize);
        AcceleratorType = type;
        Name = name;
        MemorySize = memorySize;
    }

    /// <summary>What drives the device.</summary>
    public AcceleratorType AcceleratorType { get; }

    /// <summary>The device's name, for people.</summary>
    public string Name { get; }

    /// <summary>Memory budget: bytes that buffers may hold together.</summary>
    public long MemorySize { get; }

    /// <summary>Bytes that buffers hold.</summary>
    public long MemoryInUse => Interlocked.Read(ref _memoryInUse);

    /// <summary>The stream for work that needs no other.</summary>
    public abstract AcceleratorStream DefaultStream { get; }

    /// <summary>Makes a stream whose work may overlap with that of others.</summary>
    public abstract AcceleratorStream CreateStream();

    /// <summary>Allocates a buffer whose content is undefined.</summary>
    /// <exception cref="AcceleratorMemoryException">It would exceed <see cref="MemorySize"/>.</exception>
    public unsafe MemoryBuffer<T> Allocate<T>(long length)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ThrowIfDisposed();
        var bytes = length > long.MaxValue / sizeof(T) ? long.MaxValue : length * sizeof(T);
        Reserve(bytes);
        try
        {
            return new MemoryBuffer<T>(AllocateMemory(bytes), length);
        }
        catch
        {
            Return(bytes);
            throw;
        }
    }

    /// <summary>Makes memory of the host readable for kernels: where it lies if the device can reach it there, else as a copy.</summary>
    /// <remarks>The memory must live and stay unchanged until the buffer is disposed, which leaves it as it is.
    /// Kernels must not write to the buffer.</remarks>
    /// <exception cref="AcceleratorMemoryException">A copy is needed and would exceed <see cref="MemorySize"/>.</exception>
    public abstract MemoryBuffer<byte> Import(HostBuffer memory);

    /// <summary>Allocates memory of the host that the device copies from and to by itself, for asynchronous copies. Content is undefined.</summary>
    /// <remarks>It counts into no budget, but the host can neither move nor swap it: take little, and dispose it before the accelerator.</remarks>
    public virtual HostBuffer AllocatePageLocked(long bytes)
    {
        ThrowIfDisposed();
        return HostBuffer.Allocate(bytes);
    }

    /// <summary>Makes the kernels ready that workers begin with, so that no caller waits for a compiler.</summary>
    public virtual void Warm() => ThrowIfDisposed();

    /// <summary>Waits for the work of all streams.</summary>
    public abstract void Synchronize();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            DisposeDevice();
        GC.SuppressFinalize(this);
    }

    internal void Return(long bytes) => Interlocked.Add(ref _memoryInUse, -bytes);

    /// <summary>Refuses use of a device that is gone.</summary>
    internal void ThrowIfDisposed()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (_lost is { } lost)
            throw new AcceleratorLostException(Name, lost.Reason);
    }

    /// <summary>Notes that the device failed: from now on every use throws what this gives.</summary>
    internal AcceleratorLostException Lose(string reason) => _lost = new AcceleratorLostException(Name, reason);

    private protected abstract MemoryBuffer AllocateMemory(long bytes);

    private protected abstract void DisposeDevice();

    private void Reserve(long bytes)
    {
        while (true)
        {
            var inUse = MemoryInUse;
            if (bytes > MemorySize - inUse)
                throw new AcceleratorMemoryException(Name, bytes, inUse, MemorySize);
            if (Interlocked.CompareExchange(ref _memoryInUse, inUse + bytes, inUse) == inUse)
                return;
        }
    }
}
