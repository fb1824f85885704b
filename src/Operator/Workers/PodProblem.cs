using Hearth.Activation;
using Hearth.Api.Core;
using Hearth.Api.Meta;

namespace Hearth.Operator.Workers;

/// <summary>Why a pod does not run, in the node's own words.</summary>
/// <param name="Reason">One word in Pascal case.</param>
/// <param name="Message">The rest.</param>
internal sealed record PodProblem(string Reason, string Message)
{
    /// <summary>No node has room; the scheduler's word.</summary>
    public const string Unschedulable = "Unschedulable";

    /// <summary>What keeps the pod from running; null when it runs, or is on its way.</summary>
    public static PodProblem? Of(V1Pod pod)
    {
        if (pod.Status is not { } status || pod.IsReady())
            return null;
        if (status.Phase is "Failed" or "Succeeded")
            return new(status.Reason ?? status.Phase, status.Message ?? LastWords(status) ?? "the pod ended");
        foreach (var container in status.ContainerStatuses ?? [])
        {
            if (container.State?.Waiting is { Reason: { } reason } waiting && reason is not ("ContainerCreating" or "PodInitializing"))
                return new(reason, Join(waiting.Message, LastWords(status)) ?? "the node gives no message");
            if (container.RestartCount > 0)
                return new("Restarting", Join($"restarted {container.RestartCount} times", LastWords(status))!);
        }
        var scheduled = status.Conditions?.FirstOrDefault(c => c.Type == "PodScheduled");
        return scheduled is { Status: ConditionStatus.False } ? new(scheduled.Reason ?? Unschedulable, scheduled.Message ?? "no node fits") : null;
    }

    /// <summary>How a container that runs again, or is about to, ended before; null where none did.</summary>
    public static string? OfEarlierRun(V1Pod pod) => pod.Status is { } status ? LastWords(status) : null;

    /// <inheritdoc/>
    public override string ToString() => $"{Reason}: {Message}";

    private static string? LastWords(V1PodStatus status)
    {
        var ended = status.ContainerStatuses?.Select(c => c.State?.Terminated ?? c.LastState?.Terminated).FirstOrDefault(t => t is not null);
        return ended is null ? null : Join($"the worker exited with code {ended.ExitCode}", ended.Message);
    }

    private static string? Join(string? first, string? second) =>
        string.IsNullOrEmpty(first) ? second : string.IsNullOrEmpty(second) ? first : $"{first}; {second}";
}
