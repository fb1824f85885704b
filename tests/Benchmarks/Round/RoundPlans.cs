using Hearth.Policies.Aggregation;

namespace Hearth.Benchmarks.Round;

/// <summary>Where the planner puts LIFL's loads (MLSys 2024, §6.2): five nodes that take 20 updates at a time each, ten updates an aggregator.</summary>
internal static class RoundPlans
{
    private const int FanIn = 10;
    private const int MostAggregators = 100;
    private static readonly int[] Loads = [20, 60, 100, 60, 20];
    private static readonly AggregatorNode[] Nodes = [.. Enumerable.Range(1, 5).Select(node => new AggregatorNode($"node-{node}", 20))];

    /// <summary>Workers of the largest of these rounds, the top among them.</summary>
    public static int Most => (Loads.Max() / FanIn) + 1;

    /// <summary>Nodes that aggregators of a round of so many updates are on.</summary>
    public static int NodesFor(int updates) => Plan(updates, []).Select(place => place.Node).OfType<string>().Distinct().Count();

    /// <summary>Workers that rounds of 20, 60, 100, 60 and 20 updates start when each has a tree of its own, and when what is in place stays.</summary>
    public static (int Anew, int Reusing) Starts()
    {
        var (anew, reusing) = (0, 0);
        IReadOnlyList<AggregatorPlace> now = [];
        foreach (var updates in Loads)
        {
            var next = Plan(updates, now);
            reusing += next.Count(place => !now.Any(before => before.Slot == place.Slot && before.Node == place.Node));
            anew += Plan(updates, []).Count;
            now = next;
        }
        return (anew, reusing);
    }

    private static IReadOnlyList<AggregatorPlace> Plan(int updates, IReadOnlyList<AggregatorPlace> now) =>
        HierarchyPlanner.Plan(new(updates, new() { MaxFanIn = FanIn }, MostAggregators), Nodes, now);
}
