using Hearth.Compute.Accelerators;
using static Hearth.Compute.OpenCl.OpenClNative;

namespace Hearth.Compute.OpenCl;

/// <summary>Memory of the host that the driver allocated: a buffer, mapped for as long as it lives.</summary>
internal sealed unsafe class OpenClPageLockedMemory : IDisposable
{
    private readonly nint _buffer;

    private OpenClPageLockedMemory(nint buffer) => _buffer = buffer;

    public static HostBuffer Allocate(OpenClAccelerator accelerator, nint queue, long bytes)
    {
        int code;
        var size = (nuint)Math.Max(bytes, 1);
        var buffer = clCreateBuffer(accelerator.Context, MemReadWrite | MemAllocHostPtr, size, null, &code);
        if (OpenClErrors.IsOutOfMemory(code))
        {
            throw new AcceleratorMemoryException(
                accelerator.Name, bytes, accelerator.MemoryInUse, accelerator.MemorySize, OpenClErrors.Reason(code, nameof(clCreateBuffer)));
        }
        OpenClErrors.Check(code, accelerator, nameof(clCreateBuffer));
        var owner = new OpenClPageLockedMemory(buffer);
        var mapped = clEnqueueMapBuffer(queue, buffer, 1, MapReadWrite, 0, size, 0, null, null, &code);
        if (code != Success)
            owner.Dispose();
        OpenClErrors.Check(code, accelerator, nameof(clEnqueueMapBuffer));
        return HostBuffer.Wrap((nint)mapped, bytes, owner);
    }

    // Released as it is: the content is of no more use, and the queue to unmap it in may be gone.
    public void Dispose() => _ = clReleaseMemObject(_buffer);
}
