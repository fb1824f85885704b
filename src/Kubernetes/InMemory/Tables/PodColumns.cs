using System.Globalization;
using System.Text.Json.Nodes;

namespace Hearth.Kubernetes.InMemory.Tables;

/// <summary>What <c>kubectl get pods</c> says of a pod (after Kubernetes' <c>printPod</c>).</summary>
internal static class PodColumns
{
    /// <summary>Ready containers of all, for example <c>1/1</c>.</summary>
    public static string Ready(JsonObject pod)
    {
        var total = pod.AtPath("spec.containers").Objects().Count();
        var ready = ContainerStatuses(pod).Count(c => c["ready"].IsTrue());
        return string.Create(CultureInfo.InvariantCulture, $"{ready}/{total}");
    }

    /// <summary>The phase, or why a container waits or ended, or that the pod is going.</summary>
    public static string Status(JsonObject pod)
    {
        if (pod.IsDeleting())
            return "Terminating";
        var status = pod.AtPath("status.reason").Text() ?? pod.AtPath("status.phase").Text() ?? "Pending";
        foreach (var container in ContainerStatuses(pod))
        {
            if (container.AtPath("state.waiting.reason").Text() is { Length: > 0 } waiting)
                return waiting;
            if (container.At("state", "terminated") is { } terminated)
                status = TerminatedStatus(terminated);
        }
        return status;
    }

    /// <summary>Restarts of all containers.</summary>
    public static string Restarts(JsonObject pod) =>
        ContainerStatuses(pod).Sum(c => c.Integer("restartCount") ?? 0).ToString(CultureInfo.InvariantCulture);

    private static string TerminatedStatus(JsonNode terminated)
    {
        if (terminated.Text("reason") is { Length: > 0 } reason)
            return reason;
        return terminated.Integer("signal") is { } signal and not 0
            ? string.Create(CultureInfo.InvariantCulture, $"Signal:{signal}")
            : string.Create(CultureInfo.InvariantCulture, $"ExitCode:{terminated.Integer("exitCode") ?? 0}");
    }

    private static IEnumerable<JsonObject> ContainerStatuses(JsonObject pod) => pod.AtPath("status.containerStatuses").Objects();
}
