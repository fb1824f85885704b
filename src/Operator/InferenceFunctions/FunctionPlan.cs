using Hearth.Api.Core;
using Hearth.Api.Workers;
using Hearth.Policies.Scaling;

namespace Hearth.Operator.InferenceFunctions;

/// <summary>What a function needs done.</summary>
internal sealed record FunctionPlan
{
    /// <summary>How many workers there should be, over all revisions that have traffic.</summary>
    public required ScaleDecision Scale { get; init; }

    /// <summary>Where the revisions stand.</summary>
    public required Rollout Rollout { get; init; }

    /// <summary>Workers that serve, those of old revisions included.</summary>
    public required IReadOnlyList<V1Pod> Serving { get; init; }

    /// <summary>Workers on their way to serve, those of old revisions included.</summary>
    public required IReadOnlyList<V1Pod> Starting { get; init; }

    /// <summary>Why the latest revision does not load; null when it does, or was not tried.</summary>
    public required AssignmentFailure? Failure { get; init; }

    /// <summary>By hash: workers to take from the pool, or to make when it has none.</summary>
    public required IReadOnlyDictionary<string, int> Activations { get; init; }

    /// <summary>How many those are.</summary>
    public int Activate => Activations.Values.Sum();

    /// <summary>Workers that the function does not own yet.</summary>
    public required IReadOnlyList<V1Pod> Adopt { get; init; }

    /// <summary>Claimed workers that this process brings to serve.</summary>
    public required IReadOnlyList<V1Pod> Assign { get; init; }

    /// <summary>Workers to give back.</summary>
    public required IReadOnlyList<WorkerRelease> Release { get; init; }

    /// <summary>Workers that wait for a GPU, for each of which <see cref="Release"/> has an old one, or one is on its way out.</summary>
    public required IReadOnlyList<V1Pod> Replace { get; init; }

    /// <summary>Whether a worker waits for a GPU.</summary>
    public required bool IsShortOfGpu { get; init; }

    /// <summary>When time alone may change the plan; null when only an event can.</summary>
    public required TimeSpan? RecheckAfter { get; init; }
}
