using Hearth.Compute.Accelerators;
using Hearth.Compute.Kernels;

namespace Hearth.Compute.Cuda;

/// <summary>A stream of the driver.</summary>
internal sealed unsafe partial class CudaStream : KernelStream
{
    private readonly CudaAccelerator _accelerator;
    private readonly CudaContext _context;
    private readonly nint _handle;

    public CudaStream(CudaAccelerator accelerator, CudaContext context)
        : base(accelerator)
    {
        (_accelerator, _context) = (accelerator, context);
        nint handle = 0;
        // Of the kind that waits for the legacy stream, which memory comes and goes in.
        context.Enter().Check(Cuda.StreamCreate(&handle, 0));
        _handle = handle;
        context.Retain();
    }

    private CudaNative Cuda => _context.Cuda;

    public override void Synchronize()
    {
        Accelerator.ThrowIfDisposed();
        _context.Enter().Check(Cuda.StreamSynchronize(_handle));
    }

    private protected override void Launch(Kernel kernel, int groups, ReadOnlySpan<long> values, ReadOnlySpan<int> sizes)
    {
        var arguments = stackalloc void*[values.Length];
        fixed (long* first = values)
        {
            // The driver reads as many bytes of each as the kernel declares, the lower ones.
            for (var i = 0; i < values.Length; i++)
                arguments[i] = first + i;
            _context.Enter().Check(Cuda.LaunchKernel(kernel.Handle, (uint)groups, 1, 1, GroupSize, 1, 1, 0, _handle, arguments, null));
        }
    }

    private protected override void CopyFromCPUCore(ReadOnlySpan<byte> source, ArrayView<byte> target)
    {
        fixed (byte* first = source)
            CopyFromHostAsyncCore((nint)first, target);
        Synchronize();
    }

    private protected override void CopyToCPUCore(ArrayView<byte> source, Span<byte> target)
    {
        fixed (byte* first = target)
        {
            CopyToHostAsyncCore(source, (nint)first);
            Synchronize();
        }
    }

    private protected override void CopyFromHostAsyncCore(nint source, ArrayView<byte> target)
    {
        if (target.Length > 0)
            _context.Enter().Check(Cuda.MemcpyHtoDAsync(Address(target), (void*)source, (nuint)target.Length, _handle));
    }

    private protected override void CopyToHostAsyncCore(ArrayView<byte> source, nint target)
    {
        if (source.Length > 0)
            _context.Enter().Check(Cuda.MemcpyDtoHAsync((void*)target, Address(source), (nuint)source.Length, _handle));
    }

    private protected override void CopyCore(ArrayView<byte> source, ArrayView<byte> target)
    {
        if (source.Length > 0)
            _context.Enter().Check(Cuda.MemcpyDtoDAsync(Address(target), Address(source), (nuint)source.Length, _handle));
    }

    private protected override void MemSetToZeroCore(ArrayView<byte> target)
    {
        if (target.Length > 0)
            _context.Enter().Check(Cuda.MemsetD8Async(Address(target), 0, (nuint)target.Length, _handle));
    }

    private protected override ProfilingMarker AddProfilingMarkerCore() => new CudaMarker(_context, _handle);

    private protected override void DisposeQueue()
    {
        DisposeScratch();
        DisposeCublas();
        // What is queued is still done; nobody waits for it.
        _ = _context.EnterToRelease().StreamDestroy(_handle);
        _context.Release();
    }

    private static ulong Address<T>(ArrayView<T> view)
        where T : unmanaged =>
        (ulong)(view.Buffer!.NativePtr + (nint)view.OffsetInBytes);
}
