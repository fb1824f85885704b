using Hearth.Activation;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Operator.Workers;

namespace Hearth.Operator.FederatedAggregations;

/// <summary>Decides what a federation's top needs: the aggregator that leads the rounds. Its leaves are <see cref="TreePlanner"/>'s. Pure.</summary>
/// <remarks>
/// One top at a time: another is taken once every other worker that was one has been given back, is deleted or has ended. One that was lost
/// and is therefore being deleted is not waited for, nor one that is still being deleted when its time is up: a process or node that hangs may do so for
/// long, and the output directory's epoch keeps it from writing what counts. All that an aggregator has acknowledged lies there, so any other goes on from it.
/// </remarks>
internal static class FederationPlanner
{
    /// <summary>Time between two questions to the aggregator.</summary>
    public static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(1);

    /// <summary>After the last round the aggregator stays for clients that fetch the model or ask what became of their update.</summary>
    public static readonly TimeSpan LingerFor = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan DeletionMargin = TimeSpan.FromSeconds(10);

    /// <summary>The plan for what was observed.</summary>
    public static FederationPlan Plan(FederationObservation seen)
    {
        var tops = seen.Workers.Where(p => !p.IsLeaf()).ToArray();
        var live = tops.Where(p => !p.IsDeleting()).ToArray();
        var lost = Lost(live, seen).ToArray();
        var sound = live.Except(lost.Select(l => l.Worker)).Where(p => !seen.Releasing.Contains(p.Uid()))
            .OrderBy(p => p.State() != WorkerState.Assigned).ThenBy(p => p.LastUsed()).ThenBy(p => p.Name(), StringComparer.Ordinal).ToArray();
        var keeper = sound.FirstOrDefault();
        var report = keeper is null ? null : seen.Reports.GetValueOrDefault(keeper.Uid());
        var isComplete = IsComplete(seen, keeper, report);
        var failure = isComplete ? null : lost.Select(l => FailureOf(l.Worker, seen)).LastOrDefault(f => f is not null);
        var isFailed = !isComplete && (failure is { Retriable: false } || WasFailed(seen));
        var (away, recheck) = keeper is null ? (null, null) : Dismissal(keeper, seen, isComplete, isFailed);
        var aggregator = away is null ? keeper : null;
        var isDormant = away == ReleaseReason.Idle || (keeper is null && !isComplete && !isFailed && WasDormant(seen) && !seen.IsAsked);
        var isWanted = !isDormant && !seen.Federation.Spec.Suspend && !isComplete && !isFailed;
        var blockers = tops.Where(p => p != aggregator && StillRuns(p, seen)).ToArray();
        var isMissing = isWanted && aggregator is null && seen.PoolExists;
        return new()
        {
            Aggregator = aggregator,
            Report = aggregator is null ? null : report,
            IsComplete = isComplete,
            IsDormant = isDormant && !seen.Federation.Spec.Suspend,
            Lost = lost.Where(l => l.Reason != ReleaseReason.Draining).Select(l => l.Worker).ToArray(),
            Failure = failure,
            IsFailed = isFailed,
            IsRestart = isWanted && IsRestart(seen, keeper),
            Take = isMissing && blockers.Length == 0 && IsOpen(seen),
            Adopt = aggregator?.GetController()?.Uid == seen.Federation.Uid() ? null : aggregator,
            Assign = blockers.Length == 0 && aggregator is not null && IsAssignable(aggregator, seen) ? aggregator : null,
            Release =
            [
                .. lost.Where(l => !seen.Releasing.Contains(l.Worker.Uid())),
                .. away is { } reason ? [(keeper!, reason)] : Array.Empty<(V1Pod, ReleaseReason)>(),
                .. sound.Skip(1).Select(p => (p, ReleaseReason.ScaledDown)),
            ],
            RecheckAfter = RecheckAfter(seen, aggregator, isComplete, isMissing, blockers, recheck),
        };
    }

    /// <summary>Workers that will not aggregate again.</summary>
    public static IEnumerable<(V1Pod Worker, ReleaseReason Reason)> Lost(IEnumerable<V1Pod> live, FederationObservation seen)
    {
        foreach (var worker in live)
        {
            var report = seen.Reports.GetValueOrDefault(worker.Uid());
            if (worker.State() == WorkerState.Failed || report?.Progress?.State == AssignmentState.Failed)
                yield return (worker, ReleaseReason.Failed);
            else if (worker.IsGone())
                yield return (worker, ReleaseReason.Ended);
            else if (worker.State() == WorkerState.Draining)
                yield return (worker, ReleaseReason.Draining);
            else if (worker.State() == WorkerState.Assigned && (worker.LostAssignment() || report is { IsLost: true }))
                yield return (worker, ReleaseReason.Restarted);
            else if (worker.State() == WorkerState.Assigned && report is { IsSilent: true })
                yield return (worker, ReleaseReason.Silent);
            else if (worker.State() == WorkerState.Claimed && ClaimedFor(worker, seen) >= ClaimLimits.GiveUpAfter)
                yield return (worker, ReleaseReason.Stuck);
        }
    }

    /// <summary>Why a worker was lost. One of another spec says nothing about this one.</summary>
    private static AssignmentFailure? FailureOf(V1Pod worker, FederationObservation seen)
    {
        if (!seen.IsCurrent(worker) || worker.State() == WorkerState.Draining)
            return null;
        var report = seen.Reports.GetValueOrDefault(worker.Uid());
        return worker.Failure()
            ?? report?.Progress?.Failure
            ?? new(AssignmentFailureReason.WorkerLost, report?.Trouble ?? Problem(worker), Retriable: true);
    }

    private static string Problem(V1Pod worker) => PodProblem.Of(worker) is { } problem
        ? $"worker \"{worker.Name()}\": {problem}"
        : $"the process of worker \"{worker.Name()}\" was started anew";

    private static bool IsComplete(FederationObservation seen, V1Pod? keeper, AggregatorAnswer? report) =>
        (keeper is not null && seen.IsCurrent(keeper) && report?.Progress?.State == AssignmentState.Succeeded)
        || (Succeeded(seen)?.Status == ConditionStatus.True && seen.Before?.Model?.Version >= seen.Federation.Spec.Rounds);

    /// <summary>The failure stands in the status until the spec changes, whatever became of the worker.</summary>
    private static bool WasFailed(FederationObservation seen) =>
        Succeeded(seen) is { Status: ConditionStatus.False, Reason: not FederatedAggregationConditions.InvalidSpec } failed
        && failed.ObservedGeneration == seen.Federation.Metadata.Generation;

    /// <summary>Why a sound worker is given back now, or when it will be.</summary>
    private static (ReleaseReason? Reason, TimeSpan? In) Dismissal(V1Pod worker, FederationObservation seen, bool isComplete, bool isFailed)
    {
        if (seen.Federation.Spec.Suspend)
            return (ReleaseReason.Suspended, null);
        if (isFailed)
            return (ReleaseReason.Failed, null);
        if (isComplete)
        {
            var left = worker.State() == WorkerState.Assigned ? LingerFor - (seen.Now - CompletedAt(seen)) : TimeSpan.Zero;
            return left > TimeSpan.Zero ? (null, left) : (ReleaseReason.Completed, null);
        }
        if (IsIdle(seen) && !seen.IsAsked)
            return (ReleaseReason.Idle, null);
        return !seen.IsCurrent(worker) && seen.PoolExists ? (ReleaseReason.Outdated, null) : (null, null);
    }

    /// <summary>Whether a round has waited for clients for the keep-alive, and for as long no client has asked.</summary>
    private static bool IsIdle(FederationObservation seen)
    {
        var keepAlive = seen.Federation.Spec.Hierarchy.KeepAlive;
        return seen.Now - seen.Tree.WaitingSince >= keepAlive && seen.IdleFor >= keepAlive;
    }

    private static bool WasDormant(FederationObservation seen) =>
        seen.Before?.Conditions?.FirstOrDefault(c => c.Type == FederatedAggregationConditions.AggregatorReady)?.Reason == FederatedAggregationConditions.NobodyAsks;

    private static DateTimeOffset CompletedAt(FederationObservation seen) =>
        Succeeded(seen) is { Status: ConditionStatus.True, LastTransitionTime: { } time } ? time : seen.Now;

    /// <summary>
    /// Whether the aggregator that the status names went without being sent away. A changed spec sends it away; so the status must be about this one.
    /// </summary>
    private static bool IsRestart(FederationObservation seen, V1Pod? keeper) =>
        seen.Before is { Worker: { } named } before
        && before.ObservedGeneration == seen.Federation.Metadata.Generation
        && keeper?.Name() != named;

    private static bool StillRuns(V1Pod worker, FederationObservation seen) =>
        worker.Status?.Phase is not ("Succeeded" or "Failed")
        && !(worker.Metadata.DeletionTimestamp is { } end && (seen.Now >= end + DeletionMargin || seen.Abandoned.Contains(worker.Uid())));

    public static bool IsAssignable(V1Pod worker, FederationObservation seen) =>
        worker.State() == WorkerState.Claimed && worker.IsReady() && seen.IsCurrent(worker) && !seen.Assigning.Contains(worker.Uid());

    private static bool IsOpen(FederationObservation seen) => !(seen.Now < seen.TakeFrom);

    private static TimeSpan ClaimedFor(V1Pod worker, FederationObservation seen) => seen.Now - (worker.LastUsed() ?? DateTimeOffset.MinValue);

    private static V1Condition? Succeeded(FederationObservation seen) =>
        seen.Before?.Conditions?.FirstOrDefault(c => c.Type == FederatedAggregationConditions.Succeeded);

    private static TimeSpan? RecheckAfter(
        FederationObservation seen, V1Pod? aggregator, bool isComplete, bool isMissing, V1Pod[] blockers, TimeSpan? dismissal)
    {
        TimeSpan?[] times =
        [
            dismissal,
            aggregator?.State() == WorkerState.Assigned && !isComplete ? AskEvery : null,
            aggregator?.State() == WorkerState.Claimed ? ClaimLimits.GiveUpAfter - ClaimedFor(aggregator, seen) : null,
            isMissing && !IsOpen(seen) ? seen.TakeFrom - seen.Now : null,
            .. blockers.Select(p => p.Metadata.DeletionTimestamp + DeletionMargin - seen.Now),
        ];
        return times.Where(t => t > TimeSpan.Zero).Min();
    }
}
