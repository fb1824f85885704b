namespace Hearth.Compute.Cpu;

/// <summary>How the host's cores are used.</summary>
public sealed record CpuAcceleratorOptions
{
    /// <summary>Threads that compute, the caller's among them. The default is one per core that the process may use.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Bytes that buffers may hold together. The default is the memory that the process may use.</summary>
    public long MemorySize { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Whether OpenBLAS multiplies matrices where it is installed. The default is true.</summary>
    public bool UseOpenBlas { get; init; } = true;
}
