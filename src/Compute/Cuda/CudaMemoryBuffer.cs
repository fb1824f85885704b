using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cuda;

/// <summary>Memory of a GPU, known by its address there.</summary>
internal sealed class CudaMemoryBuffer(CudaAccelerator accelerator, ulong address, long bytes, long reserved)
    : MemoryBuffer(accelerator, bytes, reserved)
{
    private protected override nint NativeHandle => (nint)address;

    private protected override void Free() => accelerator.Free(address);
}
