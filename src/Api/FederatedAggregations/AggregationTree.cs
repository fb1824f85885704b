namespace Hearth.Api.FederatedAggregations;

/// <summary>The aggregators of a federation, by node and level.</summary>
public sealed record AggregationTree
{
    /// <summary>Number of the plan that the top has; a later one is greater.</summary>
    public long Version { get; set; }

    /// <summary>Updates that a round is expected to bring.</summary>
    public double ExpectedUpdates { get; set; }

    /// <summary>Nodes that they run on.</summary>
    public int Nodes { get; set; }

    /// <summary>How many there are.</summary>
    public int Aggregators { get; set; }

    /// <summary>Levels, from 1, the top alone, to 3.</summary>
    public int Levels { get; set; }

    /// <summary>Each of them, the top first.</summary>
    public IReadOnlyList<AggregatorStatus> Slots { get; set; } = [];
}
