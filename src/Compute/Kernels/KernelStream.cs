using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Kernels;

/// <summary>Does the work of <see cref="AcceleratorStream"/> by kernels. A driver supplies launches, copies and waiting.</summary>
/// <remarks>Used by one thread at a time, so that one piece of scratch memory serves all its kernels, which run in order.</remarks>
internal abstract partial class KernelStream(KernelAccelerator accelerator) : AcceleratorStream(accelerator)
{
    /// <summary>Items of a group, as in hearth.h.</summary>
    public const int GroupSize = 256;

    // Elements that an item of an element-wise kernel takes before its group costs more to start than it does.
    private const int ElementsPerItem = 4;

    private static readonly KernelProgram Elementwise = new("elementwise");

    private MemoryBuffer? _scratch;

    /// <summary>Queues a kernel.</summary>
    /// <param name="kernel">From <see cref="KernelAccelerator.GetKernel"/>.</param>
    /// <param name="groups">How many groups of <see cref="GroupSize"/> items, in one dimension; at least 1.</param>
    /// <param name="values">Arguments as the kernel declares them, each in 64 bits, numbers of 32 bits in the lower half. Memory is given by its <see cref="MemoryBuffer.NativePtr"/>.</param>
    /// <param name="sizes">Bytes of each argument: 4 or 8.</param>
    private protected abstract void Launch(Kernel kernel, int groups, ReadOnlySpan<long> values, ReadOnlySpan<int> sizes);

    /// <summary>To be called by the driver when the queue is disposed.</summary>
    private protected void DisposeScratch() => _scratch?.Dispose();

    /// <summary>Runs a kernel whose items take elements in strides; nothing where there are none.</summary>
    private void LaunchElements(KernelProgram program, string name, long length, params ReadOnlySpan<KernelArgument> arguments) =>
        LaunchBlocks(program, name, Blocks(length, GroupSize * ElementsPerItem), arguments);

    /// <summary>Runs a kernel whose groups take blocks in strides; nothing where there are none.</summary>
    private void LaunchBlocks(KernelProgram program, string name, long blocks, params ReadOnlySpan<KernelArgument> arguments)
    {
        if (blocks == 0)
            return;
        Span<long> values = stackalloc long[2 * arguments.Length];
        Span<int> sizes = stackalloc int[values.Length];
        var count = 0;
        foreach (var argument in arguments)
        {
            if (argument.IsView)
            {
                sizes[count] = sizeof(long);
                values[count++] = argument.Buffer?.NativePtr ?? 0;
            }
            sizes[count] = argument.Size;
            values[count++] = argument.Bits;
        }
        var device = (KernelAccelerator)Accelerator;
        Launch(device.GetKernel(program, name), (int)Math.Min(blocks, device.MaxGroups), values[..count], sizes[..count]);
    }

    /// <summary>Memory that kernels of this stream may use until the next call.</summary>
    private unsafe ArrayView<T> Scratch<T>(long length)
        where T : unmanaged
    {
        var bytes = checked(length * sizeof(T));
        if (_scratch is null || _scratch.LengthInBytes < bytes)
        {
            // Kernels queued before may still use the old one.
            Synchronize();
            _scratch?.Dispose();
            _scratch = null;
            _scratch = ((KernelAccelerator)Accelerator).AllocateScratch(Math.Max(bytes, 1 << 16));
        }
        return new ArrayView<T>(_scratch, 0, length);
    }

    private static long Blocks(long length, long blockLength) => (length / blockLength) + (length % blockLength == 0 ? 0 : 1);
}
