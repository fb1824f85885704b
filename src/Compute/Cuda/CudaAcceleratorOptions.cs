using Hearth.Compute.Kernels;

namespace Hearth.Compute.Cuda;

/// <summary>How a GPU is used.</summary>
public sealed record CudaAcceleratorOptions
{
    /// <summary>Bytes that buffers may hold together. The default is the device's memory.</summary>
    public long? MemorySize { get; init; }

    /// <summary>Where compiled kernels are kept; null for nowhere. The default is <c>hearth/kernels</c> in the user's folder for caches.</summary>
    public string? CacheDirectory { get; init; } = KernelCache.DefaultDirectory;

    /// <summary>Whether cuBLAS multiplies matrices where the machine has it. The default is true.</summary>
    public bool UseCublas { get; init; } = true;
}
