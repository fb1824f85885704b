using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Gateway.Activations;

namespace Hearth.Gateway.Functions;

/// <summary>A worker of one function under one assignment, as this gateway knows it. Guarded by the lock of its <see cref="FunctionState"/>.</summary>
internal sealed class WorkerEndpoint(V1Pod pod)
{
    /// <summary>Name of the pod.</summary>
    public string Name { get; } = pod.Name();

    /// <summary>Id of the assignment.</summary>
    public string AssignmentId { get; } = pod.GetAnnotation(HearthAnnotations.Assignment) ?? "";

    /// <summary>What the worker is told the request is for; null for a user's container, which knows no assignments.</summary>
    public string? AssignmentHeader { get; } = pod.RunsUserCode() ? null : pod.GetAnnotation(HearthAnnotations.Assignment);

    /// <summary>The latest version of the pod.</summary>
    public V1Pod Pod
    {
        get;
        set => (field, Address) = (value, AddressOf(value));
    } = pod;

    /// <summary>Base URL of the data port without a trailing slash. Every request asks for it.</summary>
    public string Address { get; private set; } = AddressOf(pod);

    /// <summary>Requests of this gateway that the worker has.</summary>
    public int InFlight { get; set; }

    /// <summary>Set when an activation of this gateway made it ready, ahead of its label.</summary>
    public ReadyRecord? Ready { get; set; }

    /// <summary>Completes when the first request to it has ended, however.</summary>
    public TaskCompletionSource Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The worker said that it does not carry the assignment any more.</summary>
    public bool IsLost { get; set; }

    /// <summary>An activation of this gateway failed on it.</summary>
    public bool HasFailed { get; set; }

    /// <summary>The worker said that it drains.</summary>
    public bool IsDraining { get; set; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; set; }

    /// <summary>Timestamp until which others are preferred.</summary>
    public long AvoidedUntil { get; set; }

    /// <summary>Whether requests may be sent to it.</summary>
    public bool IsServing =>
        !IsLost && !HasFailed && !IsDraining && Pod.IsReady() && !Pod.IsGone() && (Ready is not null || Pod.State() == WorkerState.Assigned);

    /// <summary>
    /// Whether it is claimed and somebody still has to see it through, or assigned and without its assignment. One that is being released has lost its assignment
    /// for good.
    /// </summary>
    public bool IsAdoptable =>
        !HasFailed && !IsDraining && !Pod.IsGone() && Pod.IsReady()
        && ((IsLost && Pod.State() is WorkerState.Claimed or WorkerState.Assigned) || (Ready is null && Pod.State() == WorkerState.Claimed));

    /// <summary>Whether it is on its way to serve, by whoever claimed it.</summary>
    public bool IsStarting => !HasFailed && !Pod.IsGone() && Pod.State() == WorkerState.Claimed && Ready is null;

    /// <summary>
    /// Whether it counts against the function's <c>scale.max</c>. A failed worker does until it is released, so that a broken model cannot use
    /// up the pool.
    /// </summary>
    public bool CountsAgainstMax => !Pod.IsGone() && Pod.State() is WorkerState.Claimed or WorkerState.Assigned or WorkerState.Failed;

    private static string AddressOf(V1Pod pod) => pod.DataUri()?.GetLeftPart(UriPartial.Authority) ?? "";
}
