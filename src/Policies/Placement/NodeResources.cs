namespace Hearth.Policies.Placement;

/// <summary>What a node has free.</summary>
/// <param name="Name">The node.</param>
/// <param name="CpuMilli">Free thousandths of a core.</param>
/// <param name="MemoryMiB">Free memory.</param>
/// <param name="GpuMilli">Free thousandths of each GPU.</param>
/// <param name="GpuType">Type of the GPUs; null without any.</param>
public sealed record NodeResources(string Name, long CpuMilli, long MemoryMiB, IReadOnlyList<int> GpuMilli, string? GpuType)
{
    /// <summary>A whole GPU.</summary>
    public const int WholeGpu = 1000;

    /// <summary>Free thousandths of all GPUs together.</summary>
    public int GpuTotal => GpuMilli.Sum();

    /// <summary>What is left after <paramref name="demand"/>, on the GPUs that fit it most tightly; null where it does not fit.</summary>
    public NodeResources? Less(ResourceDemand demand)
    {
        if (!Fits(demand))
            return null;
        var left = GpuMilli.ToArray();
        for (var i = 0; i < demand.Gpus; i++)
        {
            var gpu = Enumerable.Range(0, left.Length).Where(g => left[g] >= demand.GpuMilli).MinBy(g => left[g]);
            left[gpu] -= demand.GpuMilli;
        }
        return this with { CpuMilli = CpuMilli - demand.CpuMilli, MemoryMiB = MemoryMiB - demand.MemoryMiB, GpuMilli = left };
    }

    /// <summary>Whether <paramref name="demand"/> fits.</summary>
    public bool Fits(ResourceDemand demand) =>
        CpuMilli >= demand.CpuMilli
        && MemoryMiB >= demand.MemoryMiB
        && (demand.Gpus == 0
            || ((demand.GpuTypes.Count == 0 || (GpuType is { } type && demand.GpuTypes.Contains(type)))
                && GpuMilli.Count(free => free >= demand.GpuMilli) >= demand.Gpus));
}
