using System.Globalization;
using Hearth.Api.Meta;
using Hearth.Api.Schema;
using Hearth.Api.TrainingJobs;
using Hearth.Operator.Status;
using Hearth.Operator.Workers;

namespace Hearth.Operator.TrainingJobs;

/// <summary>The status of a job, from what was observed and planned.</summary>
internal static class MakeTrainingJobStatus
{
    /// <summary>Status of a job whose spec breaks rules: what there is stays, and the faults are named.</summary>
    public static TrainingJobStatus Invalid(TrainingJob job, IReadOnlyList<FieldError> faults, DateTimeOffset now)
    {
        var conditions = new ConditionSet(job.Status?.Conditions, job.Metadata.Generation, now);
        conditions.Set(TrainingJobConditions.Succeeded, ConditionStatus.False, TrainingJobConditions.InvalidSpec, string.Join("; ", faults));
        return (job.Status ?? new()) with { ObservedGeneration = job.Metadata.Generation, Conditions = conditions.Conditions };
    }

    /// <summary>Status of a job that is worked on or was.</summary>
    /// <param name="seen">What was observed.</param>
    /// <param name="plan">What is being done about it.</param>
    /// <param name="trouble">What the API server refused; null when nothing.</param>
    public static TrainingJobStatus Of(TrainingJobObservation seen, TrainingJobPlan plan, string? trouble)
    {
        var (job, before) = (seen.Job, seen.Before);
        var total = job.Spec.Workers.Count;
        if (plan.Phase == TrainingJobPhase.Ended)
            return before with { ObservedGeneration = job.Metadata.Generation, Workers = new() { Total = total } };
        var progress = plan.Members.FirstOrDefault(m => m.Rank == 0)?.Progress;
        var isOver = plan.Phase is TrainingJobPhase.Succeeded or TrainingJobPhase.Failed;
        var status = before with
        {
            ObservedGeneration = job.Metadata.Generation,
            Step = progress?.Step ?? before.Step,
            TotalSteps = progress?.TotalSteps ?? before.TotalSteps,
            ProgressPercentage = progress is { TotalSteps: > 0 } p ? (int)(100 * p.Step / p.TotalSteps) : before.ProgressPercentage,
            Loss = Rounded(progress?.Loss) ?? before.Loss,
            Accuracy = Rounded(progress?.Accuracy) ?? before.Accuracy,
            Restarts = plan.Restarts,
            Attempt = plan.Attempt,
            RetryTime = plan.RetryTime,
            Workers = new() { Ready = isOver ? 0 : plan.Members.Count(IsReady), Total = total },
            StartTime = plan.Phase == TrainingJobPhase.Suspended ? null : before.StartTime ?? seen.Now,
            CompletionTime = isOver ? seen.Now : null,
            Model = progress?.Model ?? before.Model,
        };
        return status with { Conditions = Conditions(seen, plan, status, trouble) };
    }

    /// <summary>What the first worker warns of; null when of nothing.</summary>
    public static string? WarningOf(TrainingJobPlan plan) => plan.Members.FirstOrDefault(m => m.Rank == 0)?.Progress?.Warning;

    /// <summary>As many digits as mean something to people.</summary>
    private static double? Rounded(double? value) => value is { } number ? Math.Round(number, 6) : null;

    private static bool IsReady(GangMember member) => member.State is GangMemberState.Training or GangMemberState.Succeeded or GangMemberState.Ready or GangMemberState.Loading;

    private static IReadOnlyList<V1Condition> Conditions(TrainingJobObservation seen, TrainingJobPlan plan, TrainingJobStatus status, string? trouble)
    {
        var conditions = new ConditionSet(seen.Before.Conditions, seen.Job.Metadata.Generation, seen.Now);
        var (succeeded, reason, message) = Summary(seen, plan, status, conditions.Before(TrainingJobConditions.Succeeded));
        conditions.Set(TrainingJobConditions.Succeeded, succeeded, reason, trouble is null ? message : $"{message} {trouble}");
        if (plan.Phase == TrainingJobPhase.Training)
            conditions.Set(TrainingJobConditions.Running, ConditionStatus.True, TrainingJobConditions.Training, message);
        else if (succeeded == ConditionStatus.Unknown)
            conditions.Set(TrainingJobConditions.Running, ConditionStatus.False, reason, message);
        else
            conditions.Set(TrainingJobConditions.Running, ConditionStatus.False, TrainingJobConditions.Ended, "The job has ended.");
        SetPoolAvailable(conditions, seen);
        if (seen.Job.Spec.Suspend)
            conditions.Set(TrainingJobConditions.Suspended, ConditionStatus.True, TrainingJobConditions.Suspended, "spec.suspend is true.");
        else
            conditions.Set(TrainingJobConditions.Suspended, ConditionStatus.False, TrainingJobConditions.NotSuspended, "spec.suspend is false.");
        return conditions.Conditions;
    }

    private static (string Status, string Reason, string Message) Summary(
        TrainingJobObservation seen, TrainingJobPlan plan, TrainingJobStatus status, V1Condition? before)
    {
        var spec = seen.Job.Spec;
        var count = spec.Workers.Count;
        return plan.Phase switch
        {
            TrainingJobPhase.Succeeded => (ConditionStatus.True, TrainingJobConditions.Completed, CompletedMessage(seen, status)),
            TrainingJobPhase.Failed => (ConditionStatus.False, plan.Cause!.Reason, plan.Cause.Message),
            TrainingJobPhase.Suspended => (ConditionStatus.Unknown, TrainingJobConditions.Suspended, "spec.suspend is true."),
            TrainingJobPhase.NoPool => (ConditionStatus.Unknown, TrainingJobConditions.PoolNotFound, PoolMessages.NotFound(spec.Pool, seen.Job.Namespace())),
            TrainingJobPhase.NotReady => (ConditionStatus.Unknown, TrainingJobConditions.WorkersNotReady, plan.Cause?.Message ?? before?.Message ?? ""),
            TrainingJobPhase.Restarting => (ConditionStatus.Unknown, TrainingJobConditions.Restarting, plan.Cause is { } cause
                ? $"Restart {plan.Restarts}, of {spec.RunPolicy.BackoffLimit} at most, because {cause.Message}"
                : before?.Message ?? ""),
            TrainingJobPhase.Starting => (ConditionStatus.Unknown, TrainingJobConditions.Starting, $"All {count} workers are there and load data and model."),
            TrainingJobPhase.Training => (ConditionStatus.Unknown, TrainingJobConditions.Training, TrainingMessage(plan, count)),
            _ => (ConditionStatus.Unknown, TrainingJobConditions.WaitingForWorkers, GatheringMessage(plan, count)),
        };
    }

    private static string CompletedMessage(TrainingJobObservation seen, TrainingJobStatus status)
    {
        if (seen.IsContainer)
            return $"All {seen.Job.Spec.Workers.Count} containers have exited with code 0.";
        var accuracy = status.Accuracy is { } share ? string.Create(CultureInfo.InvariantCulture, $" with accuracy {share:0.0000} on the held-out examples") : "";
        return $"After {status.Step} steps the model is at {status.Model?.Uri}{accuracy}.";
    }

    private static string TrainingMessage(TrainingJobPlan plan, int count)
    {
        var progress = plan.Members.FirstOrDefault(m => m.Rank == 0)?.Progress;
        var resumed = progress?.ResumedFrom is { } step ? $" They went on from the checkpoint of step {step}." : "";
        return $"{(count == 1 ? "The worker trains" : $"All {count} workers train")}.{resumed}{(progress?.Warning is { } warning ? $" {warning}" : "")}";
    }

    private static string GatheringMessage(TrainingJobPlan plan, int count)
    {
        var failing = plan.Members.Select(m => (m.Pod, Problem: m.State == GangMemberState.Coming ? PodProblem.Of(m.Pod) : null)).FirstOrDefault(f => f.Problem is not null);
        var problem = failing.Problem is null ? "" : $" Worker \"{failing.Pod.Name()}\" does not start: {failing.Problem}.";
        return $"Of {count} workers {plan.Members.Count(IsReady)} are ready; none begins before all are.{problem}";
    }

    private static void SetPoolAvailable(ConditionSet conditions, TrainingJobObservation seen)
    {
        var (pool, ns) = (seen.Job.Spec.Pool, seen.Job.Namespace());
        if (seen.PoolExists)
            conditions.Set(TrainingJobConditions.PoolAvailable, ConditionStatus.True, TrainingJobConditions.PoolFound, PoolMessages.Found(pool));
        else
            conditions.Set(TrainingJobConditions.PoolAvailable, ConditionStatus.False, TrainingJobConditions.PoolNotFound, PoolMessages.NotFound(pool, ns));
    }
}
