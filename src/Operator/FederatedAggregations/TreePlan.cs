using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Operator.Workers;
using Hearth.Policies.Aggregation;

namespace Hearth.Operator.FederatedAggregations;

/// <summary>What a federation's leaves need done.</summary>
internal sealed record TreePlan
{
    /// <summary>The tree as it is to be, the top first.</summary>
    public required IReadOnlyList<AggregatorPlace> Places { get; init; }

    /// <summary>Updates that it is made for.</summary>
    public required double ExpectedUpdates { get; init; }

    /// <summary>The worker in each place, as far as there is one.</summary>
    public required IReadOnlyDictionary<string, V1Pod> Workers { get; init; }

    /// <summary>Leaves that were lost or failed.</summary>
    public required IReadOnlyList<V1Pod> Lost { get; init; }

    /// <summary>Leaves that stay for a while though the next round does not need them.</summary>
    public required IReadOnlyList<V1Pod> Unneeded { get; init; }

    /// <summary>Places to take a worker for.</summary>
    public required IReadOnlyList<AggregatorPlace> Take { get; init; }

    /// <summary>Leaves that the federation does not own yet.</summary>
    public required IReadOnlyList<V1Pod> Adopt { get; init; }

    /// <summary>Claimed leaves to assign.</summary>
    public required IReadOnlyList<V1Pod> Assign { get; init; }

    /// <summary>Leaves to give back.</summary>
    public required IReadOnlyList<(V1Pod Worker, ReleaseReason Reason)> Release { get; init; }

    /// <summary>What the top is told, its version left to whoever sends it; null while there is no top to tell.</summary>
    public required AggregationPlan? Wire { get; init; }

    /// <summary>When time alone may change the plan; null when only an event can.</summary>
    public required TimeSpan? RecheckAfter { get; init; }
}
