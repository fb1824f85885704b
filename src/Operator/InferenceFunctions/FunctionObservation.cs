using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Policies.KeepAlive;
using Hearth.Policies.Scaling;
using Hearth.Policies.Schedules;

namespace Hearth.Operator.InferenceFunctions;

/// <summary>What a plan for a function is made from.</summary>
internal sealed record FunctionObservation
{
    /// <summary>The function.</summary>
    public required InferenceFunction Function { get; init; }

    /// <summary>Hash that a worker claimed now would carry.</summary>
    public required string Hash { get; init; }

    /// <summary>Every pod that names the function as its owner, whatever became of it.</summary>
    public required IReadOnlyList<V1Pod> Workers { get; init; }

    /// <summary>Whether workers can be taken from the function's pool.</summary>
    public required bool PoolExists { get; init; }

    /// <summary>The function that <c>spec.fallback</c> names; null when it is not there, or none is named.</summary>
    public InferenceFunction? Fallback { get; init; }

    /// <summary>The measured load.</summary>
    public required ObservedLoad Load { get; init; }

    /// <summary>What the last decision about the number of workers left to remember.</summary>
    public KnativeState Scaling { get; init; } = KnativeState.Calm;

    /// <summary>How long an unused worker stays.</summary>
    public required KeepAliveDecision KeepAlive { get; init; }

    /// <summary>Workers that are to be ready before anybody asks.</summary>
    public PreWarmDecision PreWarm { get; init; }

    /// <summary>Workers that pay for themselves under the present load; 0 for as many as the load needs.</summary>
    public int Spare { get; init; }

    /// <summary>Identity under which this process claims.</summary>
    public required string Identity { get; init; }

    /// <summary>Uids of the pods that this process is assigning.</summary>
    public IReadOnlySet<string> Assigning { get; init; } = new HashSet<string>();

    /// <summary>Uids of the pods that this process is releasing.</summary>
    public IReadOnlySet<string> Releasing { get; init; } = new HashSet<string>();

    /// <summary>Workers are taken from this time on, because the last one failed; null for at once.</summary>
    public DateTimeOffset? ActivateFrom { get; init; }

    /// <summary>The present time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Fewest workers now: <c>scale.min</c>, or more in a pre-warm window, within <c>scale.max</c>.</summary>
    public int Min => Math.Min(Math.Max(Function.Spec.Scale.Min, PreWarm.Workers), Function.Spec.Scale.Max);

    /// <summary>Whether a worker is what the function asks for now.</summary>
    public bool IsCurrent(V1Pod worker) => worker.GetAnnotation(HearthAnnotations.FunctionHash) == Hash;
}
