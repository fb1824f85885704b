using Hearth.Compute.Cpu;
using Hearth.Compute.Tests.Accelerators;

namespace Hearth.Compute.Tests.Cpu;

public sealed class CpuConformanceTests()
    : AcceleratorConformance(memorySize => new CpuAccelerator(new CpuAcceleratorOptions { MemorySize = memorySize, Threads = 3 }));
