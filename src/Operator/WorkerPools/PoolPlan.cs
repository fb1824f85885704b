using Hearth.Api.Core;

namespace Hearth.Operator.WorkerPools;

/// <summary>What a pool needs done.</summary>
internal sealed record PoolPlan
{
    /// <summary>Names of the idle workers to make.</summary>
    public required IReadOnlyList<string> Create { get; init; }

    /// <summary>Idle workers to delete, if they are still as they were seen.</summary>
    public required IReadOnlyList<PodRemoval> Delete { get; init; }

    /// <summary>Idle workers that the pool does not own yet.</summary>
    public required IReadOnlyList<V1Pod> Adopt { get; init; }

    /// <summary>Workers of functions that do not exist.</summary>
    public required IReadOnlyList<V1Pod> Orphans { get; init; }

    /// <summary>Workers by state.</summary>
    public required PoolCounts Counts { get; init; }

    /// <summary>A worker that does not start, and why; null when all do.</summary>
    public required FailingWorker? Failing { get; init; }

    /// <summary>When time alone may change the plan; null when only an event can.</summary>
    public required TimeSpan? RecheckAfter { get; init; }
}
