using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cuda;

/// <summary>Memory of the host that stays where it is, so that the device copies from and to it by itself.</summary>
internal sealed unsafe class CudaPageLockedMemory : IDisposable
{
    private const uint Portable = 1;

    private readonly CudaContext _context;
    private readonly void* _address;

    private CudaPageLockedMemory(CudaContext context, void* address)
    {
        _context = context.Retain();
        _address = address;
    }

    public static HostBuffer Allocate(CudaAccelerator accelerator, CudaContext context, long bytes)
    {
        void* address = null;
        var result = context.Enter().Cuda.MemHostAlloc(&address, (nuint)Math.Max(bytes, 1), Portable);
        if (CudaContext.IsOutOfMemory(result))
            throw new AcceleratorMemoryException(accelerator.Name, bytes, accelerator.MemoryInUse, accelerator.MemorySize);
        context.Check(result, nameof(context.Cuda.MemHostAlloc));
        return HostBuffer.Wrap((nint)address, bytes, new CudaPageLockedMemory(context, address));
    }

    public void Dispose()
    {
        _ = _context.EnterToRelease().MemFreeHost(_address);
        _context.Release();
    }
}
