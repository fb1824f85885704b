using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;

namespace Hearth.Operator.FederatedAggregations;

/// <summary>What a plan for a federation is made from.</summary>
internal sealed record FederationObservation
{
    /// <summary>The federation.</summary>
    public required FederatedAggregation Federation { get; init; }

    /// <summary>Its status as it was last written.</summary>
    public required FederatedAggregationStatus? Before { get; init; }

    /// <summary>Hash that a worker claimed now would carry.</summary>
    public required string Hash { get; init; }

    /// <summary>Every pod that names the federation as its owner, whatever became of it.</summary>
    public required IReadOnlyList<V1Pod> Workers { get; init; }

    /// <summary>What assigned workers say, by the uid of their pod.</summary>
    public IReadOnlyDictionary<string, AggregatorAnswer> Reports { get; init; } = new Dictionary<string, AggregatorAnswer>();

    /// <summary>Whether workers can be taken from the federation's pool.</summary>
    public required bool PoolExists { get; init; }

    /// <summary>Uids of the pods that this process is assigning.</summary>
    public IReadOnlySet<string> Assigning { get; init; } = new HashSet<string>();

    /// <summary>Uids of the pods that this process is releasing.</summary>
    public IReadOnlySet<string> Releasing { get; init; } = new HashSet<string>();

    /// <summary>Uids of the pods that were lost and are given up.</summary>
    public IReadOnlySet<string> Abandoned { get; init; } = new HashSet<string>();

    /// <summary>A worker is taken from this time on, because the last one was lost; null for at once.</summary>
    public DateTimeOffset? TakeFrom { get; init; }

    /// <summary>What its leaves are planned from.</summary>
    public TreeObservation Tree { get; init; } = new();

    /// <summary>How long no client has asked; null while that is not known.</summary>
    public TimeSpan? IdleFor { get; init; }

    /// <summary>Whether a client asks now.</summary>
    public bool IsAsked { get; init; }

    /// <summary>The present time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Whether a worker is what the federation asks for now.</summary>
    public bool IsCurrent(V1Pod worker) => worker.GetAnnotation(HearthAnnotations.FederationHash) == Hash;
}
