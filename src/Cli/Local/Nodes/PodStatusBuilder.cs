using System.Net;
using Hearth.Api.Core;
using Hearth.Api.Meta;

namespace Hearth.Cli.Local.Nodes;

/// <summary>The status of a pod from those of its containers, as a kubelet puts it together. Pure.</summary>
internal static class PodStatusBuilder
{
    private static readonly string[] OwnConditions = ["PodScheduled", "Initialized", "ContainersReady", "Ready"];

    /// <summary>The status at <paramref name="now"/>; conditions that did not change keep their time, those of others are kept as they are.</summary>
    public static V1PodStatus Build(
        V1Pod pod, IReadOnlyList<V1ContainerStatus> containers, IPAddress podIP, IPAddress hostIP, DateTimeOffset startTime, DateTimeOffset now)
    {
        var phase = Phase(pod.Spec.RestartPolicy, containers);
        var unready = containers.Where(c => !c.Ready).Select(c => c.Name).ToList();
        var (reason, message) = phase switch
        {
            "Succeeded" => ("PodCompleted", null),
            "Failed" => ("PodFailed", null),
            _ when unready.Count > 0 => ("ContainersNotReady", $"containers with unready status: [{string.Join(' ', unready)}]"),
            _ => ((string?)null, (string?)null),
        };
        var isReady = unready.Count == 0;
        var before = pod.Status?.Conditions ?? [];
        return new()
        {
            Phase = phase,
            HostIP = hostIP.ToString(),
            PodIP = podIP.ToString(),
            StartTime = startTime,
            ContainerStatuses = containers,
            Conditions =
            [
                .. before.Where(c => !OwnConditions.Contains(c.Type)),
                Condition("PodScheduled", true, null, null),
                Condition("Initialized", true, null, null),
                Condition("ContainersReady", isReady, reason, message),
                Condition("Ready", isReady, reason, message),
            ],
        };

        V1PodCondition Condition(string type, bool holds, string? why, string? detail)
        {
            var status = holds ? ConditionStatus.True : ConditionStatus.False;
            var last = before.FirstOrDefault(c => c.Type == type);
            return new()
            {
                Type = type,
                Status = status,
                Reason = why,
                Message = detail,
                LastTransitionTime = last?.Status == status ? last.LastTransitionTime : now,
            };
        }
    }

    /// <summary>The pod's phase.</summary>
    public static string Phase(string? restartPolicy, IReadOnlyList<V1ContainerStatus> containers)
    {
        var ended = containers.Where(c => c.State?.Terminated is not null).ToList();
        if (ended.Count == containers.Count && restartPolicy is "Never" or "OnFailure")
        {
            var failed = ended.Any(c => c.State!.Terminated!.ExitCode != 0);
            if (!failed)
                return "Succeeded";
            if (restartPolicy == "Never")
                return "Failed";
        }
        return containers.All(c => c.State?.Waiting is not null && c.LastState?.Terminated is null) ? "Pending" : "Running";
    }
}
