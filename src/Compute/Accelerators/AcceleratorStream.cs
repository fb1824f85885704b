using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hearth.Compute.Accelerators;

/// <summary>A queue of work for an accelerator, done in order.</summary>
/// <remarks>
/// Methods return when the work is queued, except those that return a value or touch memory of the host: these wait. Results do not depend on
/// how many threads or groups a device runs. A view that is written may be the same as one that is read; views that overlap otherwise
/// give undefined elements. NaN stays NaN through every element-wise kernel.
/// </remarks>
public abstract partial class AcceleratorStream : IDisposable
{
    private int _disposed;

    private protected AcceleratorStream(Accelerator accelerator) => Accelerator = accelerator;

    /// <summary>Where the work is done.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>Copies elements of the host to the device.</summary>
    public void CopyFromCPU<T>(ReadOnlySpan<T> source, ArrayView<T> target)
        where T : unmanaged
    {
        Use(target);
        Same(source.Length, target.Length);
        CopyFromCPUCore(MemoryMarshal.AsBytes(source), target.Cast<byte>());
    }

    /// <summary>Copies elements of the device to the host, once the work queued before is done.</summary>
    public void CopyToCPU<T>(ArrayView<T> source, Span<T> target)
        where T : unmanaged
    {
        Use(source);
        Same(source.Length, target.Length);
        CopyToCPUCore(source.Cast<byte>(), MemoryMarshal.AsBytes(target));
    }

    /// <summary>Copies elements of the host to the device, and returns when the copy is queued.</summary>
    /// <param name="source">Memory of the host, best from <see cref="Accelerator.AllocatePageLocked"/>. It must live and stay unchanged until
    /// <see cref="Synchronize"/>.</param>
    /// <param name="offset">Byte of it at which the elements begin.</param>
    /// <param name="target">Where they go.</param>
    public void CopyFromPageLockedAsync<T>(HostBuffer source, long offset, ArrayView<T> target)
        where T : unmanaged
    {
        Use(target);
        CopyFromHostAsyncCore(PartOf(source, offset, target.LengthInBytes), target.Cast<byte>());
    }

    /// <summary>Copies elements of the device to the host, and returns when the copy is queued.</summary>
    /// <param name="source">The elements.</param>
    /// <param name="target">Memory of the host, best from <see cref="Accelerator.AllocatePageLocked"/>. It must live, and holds the elements
    /// after <see cref="Synchronize"/> only.</param>
    /// <param name="offset">Byte of it at which they go.</param>
    public void CopyToPageLockedAsync<T>(ArrayView<T> source, HostBuffer target, long offset)
        where T : unmanaged
    {
        Use(source);
        CopyToHostAsyncCore(source.Cast<byte>(), PartOf(target, offset, source.LengthInBytes));
    }

    /// <summary>Copies elements within the device.</summary>
    public void Copy<T>(ArrayView<T> source, ArrayView<T> target)
        where T : unmanaged
    {
        Use(source);
        Use(target);
        Same(source.Length, target.Length);
        CopyCore(source.Cast<byte>(), target.Cast<byte>());
    }

    /// <summary>Sets every byte to zero.</summary>
    public void MemSetToZero<T>(ArrayView<T> target)
        where T : unmanaged
    {
        Use(target);
        MemSetToZeroCore(target.Cast<byte>());
    }

    /// <summary>Marks this place of the queue, so that the time between two of them can be measured.</summary>
    public ProfilingMarker AddProfilingMarker()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        Accelerator.ThrowIfDisposed();
        return AddProfilingMarkerCore();
    }

    /// <summary>Waits for the work queued.</summary>
    public abstract void Synchronize();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            DisposeQueue();
        GC.SuppressFinalize(this);
    }

    private protected abstract void CopyFromCPUCore(ReadOnlySpan<byte> source, ArrayView<byte> target);

    private protected abstract void CopyToCPUCore(ArrayView<byte> source, Span<byte> target);

    private protected abstract void CopyFromHostAsyncCore(nint source, ArrayView<byte> target);

    private protected abstract void CopyToHostAsyncCore(ArrayView<byte> source, nint target);

    private protected abstract void CopyCore(ArrayView<byte> source, ArrayView<byte> target);

    private protected abstract void MemSetToZeroCore(ArrayView<byte> target);

    private protected abstract ProfilingMarker AddProfilingMarkerCore();

    private protected abstract void DisposeQueue();

    /// <summary>Refuses a view that no kernel of this stream can work on.</summary>
    private void Use<T>(ArrayView<T> view, [CallerArgumentExpression(nameof(view))] string? name = null)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        Accelerator.ThrowIfDisposed();
        if (view.Buffer is null)
            throw new ArgumentException("The view shows no buffer; take one from MemoryBuffer<T>.View.", name);
        if (view.Buffer.Accelerator != Accelerator)
        {
            throw new ArgumentException(
                $"The view's buffer is on \"{view.Buffer.Accelerator.Name}\", the stream on \"{Accelerator.Name}\"; copy it there first.",
                name);
        }
        _ = view.Buffer.NativePtr;
    }

    private static nint PartOf(HostBuffer memory, long offset, long length)
    {
        if (offset < 0 || offset > memory.Length - length)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"{length} bytes at {offset} do not lie within {memory.Length} bytes.");
        return memory.Address + (nint)offset;
    }

    private static void Same(long expected, long actual, [CallerArgumentExpression(nameof(actual))] string? name = null)
    {
        if (expected != actual)
            throw new ArgumentException($"{actual} elements were given where {expected} are needed.", name);
    }
}
