using System.Globalization;
using Hearth.Api.FederatedAggregations;

namespace Hearth.Policies.Aggregation;

/// <summary>Which aggregators a round needs and on which nodes, after LIFL (MLSys 2024). Pure: the same input gives the same tree.</summary>
/// <remarks>
/// As many leaves as it takes for none to get more than <c>maxFanIn</c> updates. Each goes to the node with the least residual service capacity
/// (RC = MC − k·E) that still takes its share and has an idle worker, so updates meet on as few nodes as can take them; where none can, to the one with the most. On a node
/// with several leaves one is the middle too, and adds up the others' sums, so that one sum leaves the node. What has its place keeps it: a leaf moves
/// when its node is gone, leaves are added at once, and given up when a quarter more updates than expected would not need them.
/// </remarks>
public static class HierarchyPlanner
{
    /// <summary>The slot of the worker that leads the rounds.</summary>
    public const string Top = "top";

    private const string LeafPrefix = "leaf-";

    // A round that brings a little less than the last must not cost the next one a start.
    private const double Slack = 1.25;

    /// <summary>The tree, the top first and then the leaves by number.</summary>
    /// <param name="demand">What the round asks.</param>
    /// <param name="nodes">Where workers may run; each name once.</param>
    /// <param name="now">What is in place. A leaf without a node is on its way to one.</param>
    public static IReadOnlyList<AggregatorPlace> Plan(HierarchyDemand demand, IReadOnlyList<AggregatorNode> nodes, IReadOnlyList<AggregatorPlace> now)
    {
        var known = nodes.Select(n => n.Name).ToHashSet(StringComparer.Ordinal);
        var top = now.FirstOrDefault(p => p.Slot == Top)?.Node;
        var leaves = now.Where(p => NumberOf(p.Slot) is not null).DistinctBy(p => p.Slot).ToDictionary(p => NumberOf(p.Slot)!.Value, p => p.Node);
        var count = LeafCount(demand, leaves.Count);
        Trim(leaves, count, top);

        var free = Enumerable.Range(1, count).Except(leaves.Keys).Take(count - leaves.Count).ToArray();
        var homeless = leaves.Where(l => l.Value is { } node && !known.Contains(node)).Select(l => l.Key).Order().Concat(free).ToArray();
        var share = count == 0 ? 0 : Math.Max(demand.Updates, 1) / count;
        // Of equals the first is taken: the top's node, then by name.
        var rooms = nodes.OrderBy(n => n.Name != top).ThenBy(n => n.Name, StringComparer.Ordinal).Select(n => new Room(n, share)).ToArray();
        var byName = rooms.ToDictionary(r => r.Name, StringComparer.Ordinal);
        foreach (var node in leaves.Values)
            (node is null ? null : byName.GetValueOrDefault(node))?.Take();
        foreach (var leaf in homeless)
            leaves[leaf] = BestFit(rooms)?.Take();
        return [new(Top, top), .. Connect([.. leaves.Select(l => new AggregatorPlace(Leaf(l.Key), l.Value))], demand.Hierarchy.Levels)];
    }

    /// <summary>Leaves with whom each sends its sum to, by number.</summary>
    /// <param name="leaves">Those there are.</param>
    /// <param name="levels">How many levels there are to be.</param>
    public static IEnumerable<AggregatorPlace> Connect(IReadOnlyList<AggregatorPlace> leaves, HierarchyLevels levels)
    {
        var middles = levels == HierarchyLevels.Two
            ? []
            : leaves.Where(l => l.Node is not null).GroupBy(l => l.Node!).Where(g => g.Count() > 1).ToDictionary(g => g.Key, g => g.MinBy(l => NumberOf(l.Slot))!.Slot);
        return leaves.OrderBy(l => NumberOf(l.Slot)).Select(l =>
            l with { Parent = l.Node is not null && middles.TryGetValue(l.Node, out var middle) && middle != l.Slot ? middle : Top });
    }

    /// <summary>The name of a leaf.</summary>
    /// <param name="number">From 1.</param>
    public static string Leaf(int number) => string.Create(CultureInfo.InvariantCulture, $"{LeafPrefix}{number}");

    /// <summary>The number of a leaf; null where the slot is none.</summary>
    public static int? NumberOf(string? slot) =>
        slot is not null && slot.StartsWith(LeafPrefix, StringComparison.Ordinal)
            && int.TryParse(slot.AsSpan(LeafPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : null;

    private static int LeafCount(HierarchyDemand demand, int now)
    {
        var needed = Needed(demand, demand.Updates);
        var wanted = now > needed ? Math.Min(now, Math.Max(needed, Needed(demand, demand.Updates * Slack))) : needed;
        return demand.Hierarchy.Levels == HierarchyLevels.One ? 0 : Math.Clamp(wanted, 0, Math.Max(0, demand.MaxAggregators - 1));
    }

    private static int Needed(HierarchyDemand demand, double updates)
    {
        var leaves = (int)Math.Ceiling(updates / demand.Hierarchy.MaxFanIn);
        return demand.Hierarchy.Levels switch
        {
            HierarchyLevels.Two => Math.Max(leaves, 1),
            HierarchyLevels.Three => Math.Max(leaves, 2),
            // The top takes as many itself.
            _ => leaves > 1 ? leaves : 0,
        };
    }

    /// <summary>Gives up the leaves of the emptiest nodes, that of the top last, so that whole nodes become free.</summary>
    private static void Trim(Dictionary<int, string?> leaves, int count, string? top)
    {
        while (leaves.Count > count)
        {
            var onNode = leaves.Values.CountBy(n => n ?? "").ToDictionary();
            leaves.Remove(leaves.OrderBy(l => l.Value is not null && l.Value == top).ThenBy(l => onNode[l.Value ?? ""]).ThenByDescending(l => l.Key).First().Key);
        }
    }

    /// <summary>One pass by hand: with ten thousand updates it looks at half a million rooms.</summary>
    private static Room? BestFit(Room[] rooms)
    {
        Room? best = null;
        foreach (var room in rooms)
        {
            if (best is null || room.IsBetterThan(best))
                best = room;
        }
        return best;
    }

    /// <summary>What a node still takes while places are given out.</summary>
    private sealed class Room(AggregatorNode node, double share)
    {
        private double _residual = node.Capacity - node.Load;
        private int _idle = node.Idle;

        public string Name { get; } = node.Name;

        private bool Fits => _residual >= share;

        /// <summary>An idle worker before one that is to be started, which a round would wait for; then as tight as it fits. Where none fits, the one with the most.</summary>
        public bool IsBetterThan(Room other)
        {
            if (Fits != other.Fits)
                return Fits;
            var (isIdler, isTied) = (_idle > 0 && other._idle <= 0, (_idle > 0) == (other._idle > 0));
            if (Fits)
                return isIdler || (isTied && _residual < other._residual);
            return _residual > other._residual || (_residual >= other._residual && isIdler);
        }

        public string Take()
        {
            _residual -= share;
            _idle--;
            return Name;
        }
    }
}
