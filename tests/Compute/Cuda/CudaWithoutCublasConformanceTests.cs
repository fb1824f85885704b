using Hearth.Compute.Tests.Accelerators;

namespace Hearth.Compute.Tests.Cuda;

/// <summary>On NVIDIA's first GPU, by own kernels alone.</summary>
public sealed class CudaWithoutCublasConformanceTests() : AcceleratorConformance(memorySize => CudaTestDevice.Open(memorySize, useCublas: false))
{
    public static string? SkipReason => CudaTestDevice.SkipReason;
}
