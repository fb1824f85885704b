using System.Globalization;
using Hearth.Policies.Placement;

namespace Hearth.Benchmarks.Placement;

/// <summary>A cluster that is filled with pods until it is full: the way "Beware of Fragmentation" (ATC 2023) measures, on its cluster and its pods.</summary>
/// <remarks>Nodes in the same state are one entry, and what a choice would add is computed once for a state and a demand.</remarks>
internal sealed class GpuCluster
{
    private readonly GpuFragmentation _fragmentation;
    private readonly Dictionary<string, NodeState> _states = [];
    private readonly NodeResources _largest;
    private double _fragments;

    public GpuCluster(IEnumerable<NodeResources> nodes, GpuFragmentation fragmentation)
    {
        _fragmentation = fragmentation;
        var all = nodes.ToArray();
        _largest = new("", all.Max(n => n.CpuMilli), all.Max(n => n.MemoryMiB), [all.Max(n => n.GpuTotal)], null);
        foreach (var node in all)
            Add(node);
        Capacity = all.Sum(n => (long)n.GpuTotal);
    }

    /// <summary>Thousandths of all GPUs.</summary>
    public long Capacity { get; }

    /// <summary>Thousandths of GPUs in use.</summary>
    public long Allocated { get; private set; }

    /// <summary>Expected share of all GPUs that is free and cannot be used.</summary>
    public double Fragmentation => _fragments / Capacity;

    /// <summary>Places a demand where it fits; false where it fits nowhere.</summary>
    public bool Place(ResourceDemand demand, bool byFragmentation)
    {
        var (best, after, least) = (default(NodeState), default(NodeResources), double.PositiveInfinity);
        foreach (var state in _states.Values)
        {
            if (!state.Choices.TryGetValue((demand, byFragmentation), out var choice))
                state.Choices[(demand, byFragmentation)] = choice = byFragmentation ? _fragmentation.Place(state.Node, demand) : BestFit(state.Node, demand);
            if (choice is not { } found)
                continue;
            // Among equals the fuller node, so that nothing is left to the order of a table.
            var score = found.Cost + (1e-6 * Left(found.After));
            if (score < least)
                (best, after, least) = (state, found.After, score);
        }
        if (best is null)
            return false;
        Remove(best);
        Add(after!);
        Allocated += (long)demand.Gpus * demand.GpuMilli;
        return true;
    }

    private (double Cost, NodeResources After)? BestFit(NodeResources node, ResourceDemand demand) =>
        node.Less(demand) is { } after ? (Left(after), after) : null;

    /// <summary>What is left of a node, each resource as a share of the largest node's.</summary>
    private double Left(NodeResources node) =>
        ((double)node.CpuMilli / _largest.CpuMilli) + ((double)node.MemoryMiB / _largest.MemoryMiB) + ((double)node.GpuTotal / Math.Max(1, _largest.GpuTotal));

    private void Add(NodeResources node)
    {
        var sorted = node with { Name = "", GpuMilli = [.. node.GpuMilli.Order()] };
        var key = string.Create(CultureInfo.InvariantCulture, $"{sorted.CpuMilli}|{sorted.MemoryMiB}|{sorted.GpuType}|{string.Join(',', sorted.GpuMilli)}");
        if (!_states.TryGetValue(key, out var state))
            _states[key] = state = new(key, sorted, _fragmentation.Of(sorted));
        state.Count++;
        _fragments += state.Fragments;
    }

    private void Remove(NodeState state)
    {
        _fragments -= state.Fragments;
        if (--state.Count == 0)
            _states.Remove(state.Key);
    }

    private sealed class NodeState(string key, NodeResources node, double fragments)
    {
        public string Key { get; } = key;

        public NodeResources Node { get; } = node;

        public double Fragments { get; } = fragments;

        public int Count { get; set; }

        public Dictionary<(ResourceDemand Demand, bool ByFragmentation), (double Cost, NodeResources After)?> Choices { get; } = [];
    }
}
