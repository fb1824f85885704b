namespace Hearth.Api.FederatedAggregations;

/// <summary>Body of <c>PUT :8081/assignment/plan</c>: the tree by which the top gathers updates from its next round on.</summary>
public sealed record AggregationPlan
{
    /// <summary>A later plan has a greater one; an older one is ignored.</summary>
    public long Version { get; set; }

    /// <summary>Each aggregator, the top among them.</summary>
    public IReadOnlyList<PlannedAggregator> Aggregators { get; set; } = [];
}
