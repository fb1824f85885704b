using Hearth.Api.Core;
using Hearth.Api.Workers;
using Hearth.Operator.Workers;

namespace Hearth.Operator.TrainingJobs;

/// <summary>What a job needs done.</summary>
internal sealed record TrainingJobPlan
{
    /// <summary>What the job is doing.</summary>
    public required TrainingJobPhase Phase { get; init; }

    /// <summary>Number of the group of workers from now on; those of another are given back.</summary>
    public required int Attempt { get; init; }

    /// <summary>How often a group was lost.</summary>
    public required int Restarts { get; init; }

    /// <summary>When workers are gathered again; null for at once.</summary>
    public DateTimeOffset? RetryTime { get; init; }

    /// <summary>Why a group was given up, or the job failed.</summary>
    public AssignmentFailure? Cause { get; init; }

    /// <summary>Workers of the present group, in the order of ranks.</summary>
    public IReadOnlyList<GangMember> Members { get; init; } = [];

    /// <summary>Ranks for which workers are to be taken.</summary>
    public IReadOnlyList<int> Take { get; init; } = [];

    /// <summary>Workers that the job does not own yet.</summary>
    public IReadOnlyList<V1Pod> Adopt { get; init; } = [];

    /// <summary>Workers that get their assignment now; all ranks are there.</summary>
    public IReadOnlyList<GangMember> Assign { get; init; } = [];

    /// <summary>Workers to give back.</summary>
    public IReadOnlyList<(V1Pod Worker, ReleaseReason Reason)> Release { get; init; } = [];

    /// <summary>Whether the job has been over long enough to be deleted.</summary>
    public bool DeleteJob { get; init; }

    /// <summary>When time alone may change the plan; null when only an event can.</summary>
    public TimeSpan? RecheckAfter { get; init; }
}
