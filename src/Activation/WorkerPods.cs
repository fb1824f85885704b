using System.Net;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Workers;

namespace Hearth.Activation;

/// <summary>What a worker's pod says about the worker.</summary>
public static class WorkerPods
{
    /// <summary>The value of <see cref="HearthLabels.WorkerState"/>, a constant of <see cref="WorkerState"/>; empty when the label is missing.</summary>
    public static string State(this V1Pod pod) => pod.GetLabel(HearthLabels.WorkerState) ?? "";

    /// <summary>Whether the node says that the pod answers its readiness probe.</summary>
    public static bool IsReady(this V1Pod pod)
    {
        foreach (var condition in pod.Status?.Conditions ?? [])
        {
            if (condition.Type == "Ready")
                return condition.Status == ConditionStatus.True;
        }
        return false;
    }

    /// <summary>Whether the worker can be claimed: idle, Ready, and not being deleted.</summary>
    public static bool IsClaimable(this V1Pod pod) =>
        pod.State() == WorkerState.Idle && !pod.IsDeleting() && pod.IsReady() && pod.Status?.PodIP is { Length: > 0 };

    /// <summary>Whether the worker will never serve again: being deleted, or its containers have ended for good.</summary>
    public static bool IsGone(this V1Pod pod) => pod.IsDeleting() || pod.Status?.Phase is "Succeeded" or "Failed";

    /// <summary>Whether the pod runs a user's container, which has no control port and is never reused.</summary>
    public static bool RunsUserCode(this V1Pod pod) => Port(pod, HearthApi.ControlPortName) is null;

    /// <summary>Where the worker is controlled, or null before the pod has an address, and for a user's container.</summary>
    public static Uri? ControlUri(this V1Pod pod) => EndpointUri(pod, Port(pod, HearthApi.ControlPortName));

    /// <summary>Where the worker serves its role, or null before the pod has an address.</summary>
    public static Uri? DataUri(this V1Pod pod) => EndpointUri(pod, Port(pod, HearthApi.DataPortName) ?? HearthApi.WorkerDataPort);

    private static int? Port(V1Pod pod, string name)
    {
        foreach (var container in pod.Spec.Containers)
        {
            foreach (var port in container.Ports ?? [])
            {
                if (port.Name == name)
                    return port.ContainerPort;
            }
        }
        return null;
    }

    private static Uri? EndpointUri(V1Pod pod, int? port) =>
        port is { } number && IPAddress.TryParse(pod.Status?.PodIP, out var address) ? new($"http://{new IPEndPoint(address, number)}/") : null;
}
