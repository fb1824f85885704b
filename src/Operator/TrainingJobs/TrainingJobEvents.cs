using Hearth.Api.Meta;
using Hearth.Api.TrainingJobs;
using Hearth.Kubernetes.Controllers;

namespace Hearth.Operator.TrainingJobs;

/// <summary>Events of a job: what happened between two statuses.</summary>
internal sealed class TrainingJobEvents(EventPublisher events)
{
    /// <summary>Reason of the event about a job that is no longer suspended.</summary>
    public const string Resumed = "Resumed";

    /// <summary>Reason of the event about checkpoints that were passed over.</summary>
    public const string CheckpointRefused = "CheckpointRefused";

    /// <summary>Publishes what turned <paramref name="before"/> into <paramref name="after"/>.</summary>
    /// <param name="job">The job.</param>
    /// <param name="before">The status there was.</param>
    /// <param name="after">The status there is.</param>
    /// <param name="warning">What the first worker warns of; null when of nothing.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task PublishAsync(TrainingJob job, TrainingJobStatus before, TrainingJobStatus after, string? warning, CancellationToken cancel)
    {
        foreach (var (reason, message, isWarning) in Between(before, after, warning))
            await events(job, reason, message, isWarning, cancel);
    }

    private static IEnumerable<(string Reason, string Message, bool IsWarning)> Between(TrainingJobStatus before, TrainingJobStatus after, string? warning)
    {
        var (summary, was) = (Condition(after, TrainingJobConditions.Succeeded)!, Condition(before, TrainingJobConditions.Succeeded));
        if (Condition(before, TrainingJobConditions.Suspended)?.Status == ConditionStatus.True && Condition(after, TrainingJobConditions.Suspended)?.Status == ConditionStatus.False)
            yield return (Resumed, "spec.suspend is false again: workers are gathered anew.", false);
        if (summary.Reason != was?.Reason || after.Restarts > before.Restarts)
            yield return (summary.Reason, summary.Message, IsWarning(summary));
        if (warning is not null && Condition(before, TrainingJobConditions.Running)?.Message.Contains(warning, StringComparison.Ordinal) != true)
            yield return (CheckpointRefused, warning, true);
    }

    private static bool IsWarning(V1Condition summary) => summary.Status == ConditionStatus.False
        || summary.Reason is TrainingJobConditions.Restarting or TrainingJobConditions.WorkersNotReady or TrainingJobConditions.PoolNotFound;

    private static V1Condition? Condition(TrainingJobStatus status, string type) => status.Conditions?.FirstOrDefault(c => c.Type == type);
}
