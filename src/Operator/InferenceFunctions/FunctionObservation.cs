using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Policies.KeepAlive;
using Hearth.Policies.Scaling;
using Hearth.Policies.Schedules;

namespace Hearth.Operator.InferenceFunctions;

/// <summary>What a plan for a function is made from.</summary>
internal sealed record FunctionObservation
{
    /// <summary>The function.</summary>
    public required InferenceFunction Function { get; init; }

    /// <summary>Hash of the latest revision: that of the present spec.</summary>
    public required string Hash { get; init; }

    /// <summary>The function as each known revision has it, by hash; the latest among them.</summary>
    public required IReadOnlyDictionary<string, InferenceFunction> Revisions { get; init; }

    /// <summary>Hash of the revision that the status calls ready; null when there is none, or it is not known any more.</summary>
    public string? Ready { get; init; }

    /// <summary>Whether the status says that the latest revision does not load.</summary>
    public bool IsToldToFail { get; init; }

    /// <summary>When each revision last had traffic, by hash.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Routed { get; init; } = new Dictionary<string, DateTimeOffset>();

    /// <summary>Uids of the workers that wait for a GPU, and for which an old one went already.</summary>
    public IReadOnlySet<string> Replaced { get; init; } = new HashSet<string>();

    /// <summary>Name of the resource by which workers of the latest revision ask for GPUs; null when they need none.</summary>
    public string? GpuResource { get; init; }

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

    /// <summary>By hash: the revision's workers are taken from this time on, because the last one failed.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> ActivateFrom { get; init; } = new Dictionary<string, DateTimeOffset>();

    /// <summary>The present time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Fewest workers now: <c>scale.min</c>, or more in a pre-warm window, within <c>scale.max</c>.</summary>
    public int Min => Math.Min(Math.Max(Function.Spec.Scale.Min, PreWarm.Workers), Function.Spec.Scale.Max);
}
