namespace Hearth.Policies.Placement;

/// <summary>
/// Fragmentation gradient descent (Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation Gradient Descent", ATC 2023):
/// a node's fragmentation is the free GPU that a task drawn from the usual workload could not use, in expectation; a worker goes where it adds least.
/// </summary>
/// <param name="workload">The usual demands with their shares, which add up to 1. Demands without a GPU take part: to them every free GPU is a fragment.</param>
public sealed class GpuFragmentation(IReadOnlyList<(ResourceDemand Demand, double Share)> workload)
{
    /// <summary>Expected thousandths of GPUs of <paramref name="node"/> that stay unused.</summary>
    public double Of(NodeResources node)
    {
        if (node.GpuTotal == 0)
            return 0;
        var sum = 0.0;
        foreach (var (demand, share) in workload)
            sum += share * Unusable(node, demand);
        return sum;
    }

    /// <summary>What placing <paramref name="demand"/> on <paramref name="node"/> adds, with the GPU choice that adds least; null where it does not fit.</summary>
    public (double Added, NodeResources After)? Place(NodeResources node, ResourceDemand demand)
    {
        var before = Of(node);
        (double Added, NodeResources After)? best = null;
        foreach (var after in Choices(node, demand))
        {
            var added = Of(after) - before;
            if (best is not { } least || added < least.Added)
                best = (added, after);
        }
        return best;
    }

    /// <summary>A GPU with less free than the demand asks of it is a fragment; all of them are where the demand does not fit the node at all.</summary>
    private static double Unusable(NodeResources node, ResourceDemand demand)
    {
        if (demand.Gpus == 0 || !node.Fits(demand))
            return node.GpuTotal;
        var sum = 0;
        foreach (var free in node.GpuMilli)
            sum += free < demand.GpuMilli ? free : 0;
        return sum;
    }

    /// <summary>One way for each different free share of a GPU; whole GPUs, and nodes without any, have one.</summary>
    private static IEnumerable<NodeResources> Choices(NodeResources node, ResourceDemand demand)
    {
        if (demand.Gpus != 1 || demand.GpuMilli == NodeResources.WholeGpu)
        {
            if (node.Less(demand) is { } left)
                yield return left;
            yield break;
        }
        if (!node.Fits(demand))
            yield break;
        for (var i = 0; i < node.GpuMilli.Count; i++)
        {
            var free = node.GpuMilli[i];
            if (free < demand.GpuMilli || node.GpuMilli.Take(i).Contains(free))
                continue;
            int[] left = [.. node.GpuMilli];
            left[i] -= demand.GpuMilli;
            yield return node with { CpuMilli = node.CpuMilli - demand.CpuMilli, MemoryMiB = node.MemoryMiB - demand.MemoryMiB, GpuMilli = left };
        }
    }
}
