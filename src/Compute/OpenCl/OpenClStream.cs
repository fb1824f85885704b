using Hearth.Compute.Accelerators;
using Hearth.Compute.Kernels;
using static Hearth.Compute.OpenCl.OpenClNative;

namespace Hearth.Compute.OpenCl;

/// <summary>A queue that runs in order and keeps times.</summary>
internal sealed unsafe class OpenClStream(OpenClAccelerator accelerator, nint queue) : KernelStream(accelerator)
{
    public nint Queue => queue;

    public override void Synchronize()
    {
        Accelerator.ThrowIfDisposed();
        Check(clFinish(queue));
    }

    private protected override void Launch(Kernel kernel, int groups, ReadOnlySpan<long> values, ReadOnlySpan<int> sizes)
    {
        nuint items = (nuint)groups * GroupSize;
        nuint group = GroupSize;
        // Arguments are kept in the kernel, which all streams share.
        lock (kernel)
        {
            fixed (long* first = values)
            {
                for (var i = 0; i < values.Length; i++)
                    Check(clSetKernelArg(kernel.Handle, (uint)i, (nuint)sizes[i], first + i));
            }
            Check(clEnqueueNDRangeKernel(queue, kernel.Handle, 1, null, &items, &group, 0, null, null));
        }
    }

    private protected override void CopyFromCPUCore(ReadOnlySpan<byte> source, ArrayView<byte> target)
    {
        fixed (byte* first = source)
            Write(first, target, blocking: 1);
    }

    private protected override void CopyToCPUCore(ArrayView<byte> source, Span<byte> target)
    {
        fixed (byte* first = target)
            Read(source, first, blocking: 1);
    }

    private protected override void CopyFromHostAsyncCore(nint source, ArrayView<byte> target) => Write((byte*)source, target, blocking: 0);

    private protected override void CopyToHostAsyncCore(ArrayView<byte> source, nint target) => Read(source, (byte*)target, blocking: 0);

    private protected override void CopyCore(ArrayView<byte> source, ArrayView<byte> target)
    {
        // OpenCL refuses to copy nothing, and a view onto itself.
        if (source.Length == 0 || (source.Buffer == target.Buffer && source.OffsetInBytes == target.OffsetInBytes))
            return;
        Check(clEnqueueCopyBuffer(
            queue, source.Buffer!.NativePtr, target.Buffer!.NativePtr, (nuint)source.OffsetInBytes, (nuint)target.OffsetInBytes, (nuint)source.Length,
            0, null, null));
    }

    private protected override void MemSetToZeroCore(ArrayView<byte> target)
    {
        byte zero = 0;
        if (target.Length > 0)
        {
            Check(clEnqueueFillBuffer(
                queue, target.Buffer!.NativePtr, &zero, 1, (nuint)target.OffsetInBytes, (nuint)target.Length, 0, null, null));
        }
    }

    private protected override ProfilingMarker AddProfilingMarkerCore()
    {
        nint done;
        Check(clEnqueueMarkerWithWaitList(queue, 0, null, &done));
        return new OpenClMarker(accelerator, done);
    }

    private protected override void DisposeQueue()
    {
        DisposeScratch();
        accelerator.Forget(this);
        // What is queued is still done; nobody waits for it.
        _ = clReleaseCommandQueue(queue);
    }

    private void Write(byte* source, ArrayView<byte> target, uint blocking)
    {
        if (target.Length > 0)
        {
            Check(clEnqueueWriteBuffer(
                queue, target.Buffer!.NativePtr, blocking, (nuint)target.OffsetInBytes, (nuint)target.Length, source, 0, null, null));
        }
    }

    private void Read(ArrayView<byte> source, byte* target, uint blocking)
    {
        if (source.Length > 0)
        {
            Check(clEnqueueReadBuffer(
                queue, source.Buffer!.NativePtr, blocking, (nuint)source.OffsetInBytes, (nuint)source.Length, target, 0, null, null));
        }
    }

    private void Check(int code, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(code))] string call = "") =>
        OpenClErrors.Check(code, accelerator, call);
}
