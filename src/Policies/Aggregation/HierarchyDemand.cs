using Hearth.Api.FederatedAggregations;

namespace Hearth.Policies.Aggregation;

/// <summary>What a round asks of its aggregators.</summary>
/// <param name="Updates">Updates that are expected, all of which may come at once.</param>
/// <param name="Hierarchy">How the user wants them gathered.</param>
/// <param name="MaxAggregators">Workers at most, the top among them.</param>
public readonly record struct HierarchyDemand(double Updates, HierarchySpec Hierarchy, int MaxAggregators);
