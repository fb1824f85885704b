using Hearth.Api.Meta;
using Hearth.Api.Schema;
using Hearth.Api.WorkerPools;
using Hearth.Operator.Status;
using Hearth.Policies.WarmPools;

namespace Hearth.Operator.WorkerPools;

/// <summary>The status of a pool, from what was observed and planned.</summary>
internal static class MakePoolStatus
{
    /// <summary>Status of a pool whose spec breaks rules: what there is stays, and the faults are named.</summary>
    public static WorkerPoolStatus Invalid(WorkerPool pool, IReadOnlyList<FieldError> faults, DateTimeOffset now)
    {
        var conditions = Conditions(pool, now);
        conditions.Set(WorkerPoolConditions.Ready, ConditionStatus.False, WorkerPoolConditions.InvalidSpec, string.Join("; ", faults));
        return (pool.Status ?? new()) with { ObservedGeneration = pool.Metadata.Generation, Conditions = conditions.Conditions };
    }

    /// <summary>Status of a pool that is being kept; <paramref name="trouble"/> is what the API server refused.</summary>
    public static WorkerPoolStatus Of(
        WorkerPool pool, PoolPlan plan, ColdStartTally tally, WarmSizeDecision warm, string? trouble, DateTimeOffset now)
    {
        var conditions = Conditions(pool, now);
        var (status, reason, message) = Ready(plan, warm, trouble);
        conditions.Set(WorkerPoolConditions.Ready, status, reason, warm.Note is null ? message : $"{message} {warm.Note}");
        return new()
        {
            ObservedGeneration = pool.Metadata.Generation,
            Idle = plan.Counts.Idle,
            Starting = plan.Counts.Starting,
            Claimed = plan.Counts.Claimed,
            Assigned = plan.Counts.Assigned,
            Hits = tally.Hits,
            Misses = tally.Misses,
            Conditions = conditions.Conditions,
        };
    }

    private static (string Status, string Reason, string Message) Ready(PoolPlan plan, WarmSizeDecision warm, string? trouble)
    {
        var progress = $"{plan.Counts.Idle} of {warm.Idle} idle workers are ready.";
        return plan.Counts.Idle >= warm.Idle ? (ConditionStatus.True, WorkerPoolConditions.Warm, progress)
            : trouble is not null ? (ConditionStatus.False, WorkerPoolConditions.WorkersFailing, $"{progress} {trouble}")
            : plan.Failing is { Pod: var pod, Problem: var problem }
                ? (ConditionStatus.False, WorkerPoolConditions.WorkersFailing, $"{progress} Worker \"{pod.Name()}\" does not start: {problem}.")
            : (ConditionStatus.False, WorkerPoolConditions.Starting, progress);
    }

    private static ConditionSet Conditions(WorkerPool pool, DateTimeOffset now) => new(pool.Status?.Conditions, pool.Metadata.Generation, now);
}
