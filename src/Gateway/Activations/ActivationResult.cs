using System.Diagnostics.CodeAnalysis;
using Hearth.Api.Core;
using Hearth.Api.Workers;

namespace Hearth.Gateway.Activations;

/// <summary>Outcome of an activation: a pod that serves and its timing, or why there is none.</summary>
internal sealed record ActivationResult
{
    private ActivationResult(V1Pod? pod, ActivationTiming? timing, AssignmentFailure? failure)
    {
        Pod = pod;
        Timing = timing;
        Failure = failure;
    }

    /// <summary>Whether the worker serves.</summary>
    [MemberNotNullWhen(true, nameof(Pod), nameof(Timing))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool IsReady => Failure is null;

    /// <summary>The pod that serves, or the one that failed when it came that far.</summary>
    public V1Pod? Pod { get; }

    public ActivationTiming? Timing { get; }

    public AssignmentFailure? Failure { get; }

    public static ActivationResult Ready(V1Pod pod, ActivationTiming timing) => new(pod, timing, null);

    public static ActivationResult Failed(AssignmentFailure failure, V1Pod? pod = null) => new(pod, null, failure);
}
