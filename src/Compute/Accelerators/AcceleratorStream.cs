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

    private protected abstract void CopyCore(ArrayView<byte> source, ArrayView<byte> target);

    private protected abstract void MemSetToZeroCore(ArrayView<byte> target);

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

    private static void Same(long expected, long actual, [CallerArgumentExpression(nameof(actual))] string? name = null)
    {
        if (expected != actual)
            throw new ArgumentException($"{actual} elements were given where {expected} are needed.", name);
    }
}
