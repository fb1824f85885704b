using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cpu;

/// <summary>Memory of the host, allocated here or someone else's.</summary>
internal sealed class CpuMemoryBuffer(Accelerator accelerator, HostBuffer memory, bool ownsMemory)
    : MemoryBuffer(accelerator, memory.Length, ownsMemory ? memory.Length : 0)
{
    private protected override nint NativeHandle => memory.Address;

    private protected override void Free()
    {
        if (ownsMemory)
            memory.Dispose();
    }
}
