using Hearth.Api.Core;
using Hearth.Policies.Scaling;

namespace Hearth.Operator.InferenceFunctions;

/// <summary>What a function needs done.</summary>
internal sealed record FunctionPlan
{
    /// <summary>How many current workers there should be.</summary>
    public required ScaleDecision Scale { get; init; }

    /// <summary>Workers that serve, outdated ones included.</summary>
    public required IReadOnlyList<V1Pod> Serving { get; init; }

    /// <summary>Workers on their way to serve, outdated ones included.</summary>
    public required IReadOnlyList<V1Pod> Starting { get; init; }

    /// <summary>Workers whose assignment failed.</summary>
    public required IReadOnlyList<V1Pod> Failed { get; init; }

    /// <summary>Workers to take from the pool, or to make when it has none.</summary>
    public required int Activate { get; init; }

    /// <summary>Workers that the function does not own yet.</summary>
    public required IReadOnlyList<V1Pod> Adopt { get; init; }

    /// <summary>Claimed workers that this process brings to serve.</summary>
    public required IReadOnlyList<V1Pod> Assign { get; init; }

    /// <summary>Workers to give back.</summary>
    public required IReadOnlyList<WorkerRelease> Release { get; init; }

    /// <summary>When time alone may change the plan; null when only an event can.</summary>
    public required TimeSpan? RecheckAfter { get; init; }
}
