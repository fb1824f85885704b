namespace Hearth.Policies.Placement;

/// <summary>What a worker needs of a node.</summary>
/// <param name="CpuMilli">Thousandths of a core.</param>
/// <param name="MemoryMiB">Memory.</param>
/// <param name="Gpus">GPUs, each to the extent of <paramref name="GpuMilli"/>.</param>
/// <param name="GpuMilli">Thousandths of each GPU; 1000 wherever more than one is needed.</param>
/// <param name="GpuTypes">Types that do; empty for any.</param>
public sealed record ResourceDemand(long CpuMilli, long MemoryMiB, int Gpus, int GpuMilli, IReadOnlyList<string> GpuTypes);
