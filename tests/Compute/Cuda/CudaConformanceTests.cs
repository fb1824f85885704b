using Hearth.Compute.Tests.Accelerators;

namespace Hearth.Compute.Tests.Cuda;

/// <summary>On NVIDIA's first GPU.</summary>
public sealed class CudaConformanceTests() : AcceleratorConformance(memorySize => CudaTestDevice.Open(memorySize, useCublas: true))
{
    public static string? SkipReason => CudaTestDevice.SkipReason;
}
