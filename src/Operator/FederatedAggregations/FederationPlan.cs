using Hearth.Api.Core;
using Hearth.Api.Workers;
using Hearth.Operator.Workers;

namespace Hearth.Operator.FederatedAggregations;

/// <summary>What a federation needs done.</summary>
internal sealed record FederationPlan
{
    /// <summary>The worker that aggregates or is on its way to; null when there is none.</summary>
    public required V1Pod? Aggregator { get; init; }

    /// <summary>What it says; null before it is assigned.</summary>
    public required AggregatorAnswer? Report { get; init; }

    /// <summary>Whether every round is published.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>Whether nothing of it runs because a round waits for clients and none has asked for long.</summary>
    public required bool IsDormant { get; init; }

    /// <summary>Workers that were lost or failed.</summary>
    public required IReadOnlyList<V1Pod> Lost { get; init; }

    /// <summary>Why, as far as it is known; null when none was.</summary>
    public required AssignmentFailure? Failure { get; init; }

    /// <summary>Whether the failure is final: nothing is tried until the spec changes.</summary>
    public required bool IsFailed { get; init; }

    /// <summary>Whether the aggregator that the status names is gone unasked.</summary>
    public required bool IsRestart { get; init; }

    /// <summary>Whether to take a worker from the pool, or to make one when it has none.</summary>
    public required bool Take { get; init; }

    /// <summary>A worker that the federation does not own yet.</summary>
    public required V1Pod? Adopt { get; init; }

    /// <summary>A claimed worker to assign.</summary>
    public required V1Pod? Assign { get; init; }

    /// <summary>Workers to give back.</summary>
    public required IReadOnlyList<(V1Pod Worker, ReleaseReason Reason)> Release { get; init; }

    /// <summary>When time alone may change the plan; null when only an event can.</summary>
    public required TimeSpan? RecheckAfter { get; init; }
}
