using Hearth.Api.Core;

namespace Hearth.Cli.Local.Nodes;

/// <summary>The changes of a container's status, as a kubelet reports them. Pure.</summary>
internal static class ContainerStates
{
    public const string ContainerCreating = nameof(ContainerCreating);
    public const string CrashLoopBackOff = nameof(CrashLoopBackOff);
    public const string RunContainerError = nameof(RunContainerError);

    /// <summary>A container that has not run in this process; <paramref name="last"/> is what the API server has of an earlier life of the node.</summary>
    public static V1ContainerStatus Initial(V1Container container, V1ContainerStatus? last) => new()
    {
        Name = container.Name,
        Image = container.Image ?? "",
        ImageID = "",
        Started = false,
        RestartCount = last is null ? 0 : last.RestartCount + (HasRun(last) ? 1 : 0),
        State = new() { Waiting = new() { Reason = ContainerCreating } },
        LastState = last?.State?.Running is { } running ? new() { Terminated = Lost(running) } : last?.LastState,
    };

    public static V1ContainerStatus Waiting(this V1ContainerStatus status, string reason, string message) => status with
    {
        Ready = false,
        Started = false,
        State = new() { Waiting = new() { Reason = reason, Message = message } },
        LastState = status.State?.Terminated is { } ended ? new() { Terminated = ended } : status.LastState,
    };

    public static V1ContainerStatus Running(this V1ContainerStatus status, string id, int restarts, DateTimeOffset now) => status with
    {
        ContainerID = id,
        RestartCount = restarts,
        Started = true,
        State = new() { Running = new() { StartedAt = now } },
        LastState = status.State?.Terminated is { } ended ? new() { Terminated = ended } : status.LastState,
    };

    public static V1ContainerStatus Terminated(this V1ContainerStatus status, int exitCode, string? message, DateTimeOffset now) => status with
    {
        Ready = false,
        Started = false,
        State = new()
        {
            Terminated = new()
            {
                ExitCode = exitCode,
                Reason = exitCode == 0 ? "Completed" : "Error",
                Message = message,
                StartedAt = status.State?.Running?.StartedAt,
                FinishedAt = now,
            },
        },
    };

    private static V1ContainerStateTerminated Lost(V1ContainerStateRunning running) =>
        new() { ExitCode = 137, Reason = "ContainerStatusUnknown", Message = "the node was restarted", StartedAt = running.StartedAt };

    private static bool HasRun(V1ContainerStatus status) => status.State?.Running is not null || status.State?.Terminated is not null;
}
