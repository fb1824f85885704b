using Hearth.Activation;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.TrainingJobs;
using Hearth.Api.Workers;
using Hearth.Operator.Workers;

namespace Hearth.Operator.TrainingJobs;

/// <summary>Decides what a job needs done. Pure.</summary>
/// <remarks>
/// The workers of a job are one group: all are there or none begins, and when one is lost all are given back and another group, of the next number, goes
/// on from the checkpoint. The number of the group is in the status; a worker of another number is not looked at but given back. So a plan that was told
/// in the status and broken off before it was carried out is carried out by the next reconcile, and nothing is counted twice.
/// </remarks>
internal static class TrainingJobPlanner
{
    /// <summary>A group that is not complete after this time is given up, so that two jobs that each have half of a pool do not wait for ever.</summary>
    public static readonly TimeSpan GatherWithin = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Shortest time after which gathering is tried again, and the longest is twice that: each job has its own, so that those that kept each other from
    /// workers do not meet again.
    /// </summary>
    public static readonly TimeSpan GatherAgainAfter = TimeSpan.FromSeconds(30);

    /// <summary>How often workers are asked how far they are.</summary>
    public static readonly TimeSpan FollowEvery = TimeSpan.FromSeconds(1);

    // The first restart is at once: a lost worker is not the job's fault. Then 10 s, doubled each time, 5 minutes at most.
    private static readonly TimeSpan RestartBackoff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(5);
    private const int MostDoublings = 5;

    /// <summary>The plan for what was observed.</summary>
    public static TrainingJobPlan Plan(TrainingJobObservation seen)
    {
        if (seen.Before.CompletionTime is not null)
            return PlanEnded(seen);
        var attempt = Math.Max(1, seen.Before.Attempt);
        var members = new GangReader(seen.Job.Uid(), seen.IsContainer, seen.Reports, seen.Assigning).Read(seen.Workers, attempt);
        if (Outcome(seen, members) is { } outcome)
            return outcome;
        var plan = new TrainingJobPlan
        {
            Phase = TrainingJobPhase.Gathering,
            Attempt = attempt,
            Restarts = seen.Before.Restarts,
            RetryTime = seen.Before.RetryTime > seen.Now ? seen.Before.RetryTime : null,
            Members = members,
            Adopt = [.. members.Select(m => m.Pod).Where(p => p.GetController()?.Uid != seen.Job.Uid())],
            Release = Strays(seen, members.Select(m => m.Pod), ReleaseReason.Outdated),
        };
        return Soonest(seen, members.Count == seen.Job.Spec.Workers.Count ? PlanComplete(seen, plan) : PlanGathering(seen, plan));
    }

    /// <summary>What ends the group, or the job; null when they go on.</summary>
    private static TrainingJobPlan? Outcome(TrainingJobObservation seen, IReadOnlyList<GangMember> members)
    {
        var policy = seen.Job.Spec.RunPolicy;
        if (IsDone(seen, members))
            return End(seen, members, TrainingJobPhase.Succeeded, null);
        if (seen.Job.Spec.Suspend)
            return GiveUp(seen, members, TrainingJobPhase.Suspended, null, seen.Before.Restarts, null);
        if (policy.ActiveDeadlineSeconds is { } limit && seen.Now - (seen.Before.StartTime ?? seen.Now) >= TimeSpan.FromSeconds(limit))
            return End(seen, members, TrainingJobPhase.Failed, new(TrainingJobConditions.DeadlineExceeded, $"The job did not end within runPolicy.activeDeadlineSeconds, {limit} s."));
        if (FindCause(members) is { } cause)
        {
            var restarts = seen.Before.Restarts + 1;
            if (!cause.Retriable)
                return End(seen, members, TrainingJobPhase.Failed, cause);
            if (restarts > policy.BackoffLimit)
            {
                return End(seen, members, TrainingJobPhase.Failed, new(
                    TrainingJobConditions.BackoffLimitExceeded,
                    $"The job failed after {(seen.Before.Restarts == 1 ? "1 restart" : $"{seen.Before.Restarts} restarts")}, as many as runPolicy.backoffLimit allows. The last failure: {cause.Message}"));
            }
            return GiveUp(seen, members, TrainingJobPhase.Restarting, cause, restarts, restarts == 1 ? null : seen.Now + BackoffOf(restarts));
        }
        if (members.Any(m => m.State is GangMemberState.Coming) && seen.Now - GatheringSince(members) >= GatherWithin)
            return GiveUp(seen, members, TrainingJobPhase.NotReady, new(TrainingJobConditions.WorkersNotReady, NotReadyMessage(seen, members), Retriable: true), seen.Before.Restarts, seen.Now + GatherAgainAfter + StaggerOf(seen.Job));
        return null;
    }

    private static TrainingJobPlan PlanGathering(TrainingJobObservation seen, TrainingJobPlan plan)
    {
        if (plan.RetryTime is not null)
            return plan with { Phase = IsRestarting(seen) ? TrainingJobPhase.Restarting : TrainingJobPhase.NotReady };
        if (!seen.PoolExists)
            return plan with { Phase = TrainingJobPhase.NoPool };
        // Workers that are still being given back may be the very ones that the next group needs.
        if (seen.Workers.Any(p => !p.IsDeleting() && plan.Members.All(m => m.Pod != p)))
            return plan with { Phase = IsRestarting(seen) ? TrainingJobPhase.Restarting : TrainingJobPhase.Gathering };
        var missing = Enumerable.Range(0, seen.Job.Spec.Workers.Count).Except(plan.Members.Select(m => m.Rank));
        // The others are told the address of the first when their pods are made.
        if (seen.IsContainer && plan.Members.FirstOrDefault(m => m.Rank == 0)?.Pod.Status?.PodIP is null or "")
            missing = missing.Where(rank => rank == 0);
        return plan with { Take = [.. missing] };
    }

    private static TrainingJobPlan PlanComplete(TrainingJobObservation seen, TrainingJobPlan plan)
    {
        var members = plan.Members;
        if (members.Any(m => m.State == GangMemberState.Coming))
            return plan;
        var isTraining = members.All(m => m.State is GangMemberState.Training or GangMemberState.Succeeded);
        return plan with
        {
            Phase = isTraining ? TrainingJobPhase.Training : TrainingJobPhase.Starting,
            // A container is at work already; its pod only has to say so.
            Assign = [.. members.Where(m => m.State == GangMemberState.Ready || (seen.IsContainer && m is { State: GangMemberState.Training } && m.Pod.State() == WorkerState.Claimed))],
        };
    }

    /// <summary>A plan with the time at which it may change by itself.</summary>
    private static TrainingJobPlan Soonest(TrainingJobObservation seen, TrainingJobPlan plan)
    {
        var deadline = seen.Job.Spec.RunPolicy.ActiveDeadlineSeconds is { } limit ? (seen.Before.StartTime ?? seen.Now) + TimeSpan.FromSeconds(limit) - seen.Now : TimeSpan.Zero;
        var follow = !seen.IsContainer && plan.Members.Any(m => m.State is GangMemberState.Training or GangMemberState.Succeeded) ? FollowEvery : TimeSpan.Zero;
        var gather = plan.Members.Any(m => m.State == GangMemberState.Coming) ? GatherWithin - (seen.Now - GatheringSince(plan.Members)) : TimeSpan.Zero;
        var retry = plan.RetryTime - seen.Now ?? TimeSpan.Zero;
        return plan with { RecheckAfter = new[] { deadline, follow, gather, retry }.Where(t => t > TimeSpan.Zero).Select(t => (TimeSpan?)t).Min() };
    }

    /// <summary>The group is given back and the next one counted.</summary>
    private static TrainingJobPlan GiveUp(
        TrainingJobObservation seen, IReadOnlyList<GangMember> members, TrainingJobPhase phase, AssignmentFailure? cause, int restarts, DateTimeOffset? retry) => new()
        {
            Phase = phase,
            Attempt = Math.Max(1, seen.Before.Attempt) + (members.Count > 0 ? 1 : 0),
            Restarts = restarts,
            RetryTime = retry,
            Cause = cause,
            Release = Strays(seen, [], phase == TrainingJobPhase.Suspended ? ReleaseReason.Suspended : ReleaseReason.Broken),
            RecheckAfter = retry - seen.Now,
        };

    /// <summary>The job is over.</summary>
    private static TrainingJobPlan End(TrainingJobObservation seen, IReadOnlyList<GangMember> members, TrainingJobPhase phase, AssignmentFailure? cause) => new()
    {
        Phase = phase,
        Attempt = Math.Max(1, seen.Before.Attempt),
        Restarts = seen.Before.Restarts,
        Cause = cause,
        Members = members,
        Release = AtTheEnd(seen),
        DeleteJob = seen.Job.Spec.RunPolicy.TtlSecondsAfterFinished == 0,
        RecheckAfter = seen.Job.Spec.RunPolicy.TtlSecondsAfterFinished is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null,
    };

    private static TrainingJobPlan PlanEnded(TrainingJobObservation seen)
    {
        var left = seen.Job.Spec.RunPolicy.TtlSecondsAfterFinished is { } seconds ? seen.Before.CompletionTime!.Value + TimeSpan.FromSeconds(seconds) - seen.Now : (TimeSpan?)null;
        return new()
        {
            Phase = TrainingJobPhase.Ended,
            Attempt = seen.Before.Attempt,
            Restarts = seen.Before.Restarts,
            Release = AtTheEnd(seen),
            DeleteJob = left <= TimeSpan.Zero,
            RecheckAfter = left > TimeSpan.Zero ? left : null,
        };
    }

    private static bool IsDone(TrainingJobObservation seen, IReadOnlyList<GangMember> members) => seen.IsContainer
        ? members.Count == seen.Job.Spec.Workers.Count && members.All(m => m.State == GangMemberState.Succeeded)
        // The first has written the model by then; what becomes of the others does not matter any more.
        : members.Any(m => m is { Rank: 0, State: GangMemberState.Succeeded });

    /// <summary>The failure from which the others follow: one that no new try mends, then one that is not merely the loss of another worker.</summary>
    private static AssignmentFailure? FindCause(IReadOnlyList<GangMember> members) => members
        .Select(m => m.Failure)
        .OfType<AssignmentFailure>()
        .OrderBy(f => f.Retriable)
        .ThenBy(f => f.Reason == AssignmentFailureReason.PeerLost)
        .FirstOrDefault();

    private static bool IsRestarting(TrainingJobObservation seen) =>
        seen.Before.Conditions?.FirstOrDefault(c => c.Type == TrainingJobConditions.Succeeded)?.Reason == TrainingJobConditions.Restarting;

    private static TimeSpan BackoffOf(int restarts)
    {
        var wait = RestartBackoff * (1 << Math.Min(restarts - 2, MostDoublings));
        return wait < LongestBackoff ? wait : LongestBackoff;
    }

    private static TimeSpan StaggerOf(TrainingJob job) => TimeSpan.FromSeconds(job.Uid().Sum(letter => letter) % GatherAgainAfter.TotalSeconds);

    private static DateTimeOffset GatheringSince(IReadOnlyList<GangMember> members) => members.Min(m => m.Pod.LastUsed()) ?? DateTimeOffset.MaxValue;

    private static string NotReadyMessage(TrainingJobObservation seen, IReadOnlyList<GangMember> members)
    {
        var waiting = members.First(m => m.State == GangMemberState.Coming).Pod;
        return $"Of {seen.Job.Spec.Workers.Count} workers {members.Count(m => m.State != GangMemberState.Coming)} were ready within {GatherWithin.TotalMinutes} minutes. "
            + $"Worker \"{waiting.Name()}\" does not start: {PodProblem.Of(waiting)?.ToString() ?? "its node gives no reason"}. All are given back until the next try.";
    }

    private static (V1Pod, ReleaseReason)[] Strays(TrainingJobObservation seen, IEnumerable<V1Pod> kept, ReleaseReason reason) =>
        [.. seen.Workers.Except(kept).Where(p => !p.IsDeleting() && !seen.Releasing.Contains(p.Uid())).Select(p => (p, reason))];

    /// <summary>Pooled workers go back; the user's pods stay or go as the policy says.</summary>
    private static (V1Pod, ReleaseReason)[] AtTheEnd(TrainingJobObservation seen)
    {
        var kept = seen.IsContainer
            ? seen.Workers.Where(p => seen.Job.Spec.RunPolicy.CleanPodPolicy switch
            {
                CleanPodPolicy.None => true,
                CleanPodPolicy.Running => p.IsGone(),
                _ => false,
            })
            : [];
        return Strays(seen, kept, ReleaseReason.Completed);
    }
}
