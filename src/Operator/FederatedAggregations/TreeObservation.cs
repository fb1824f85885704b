using Hearth.Policies.Aggregation;

namespace Hearth.Operator.FederatedAggregations;

/// <summary>What the leaves of a federation are planned from, beside its pods.</summary>
internal sealed record TreeObservation
{
    /// <summary>Nodes that have workers of the federation's pool.</summary>
    public IReadOnlyList<AggregatorNode> Nodes { get; init; } = [];

    /// <summary>What the rounds so far brought.</summary>
    public ArrivalEstimate Arrivals { get; init; }

    /// <summary>Since when a round waits for clients that have not joined; null while one is under way.</summary>
    public DateTimeOffset? WaitingSince { get; init; }

    /// <summary>Since when, and in which round, leaves are not needed any more, by the uid of their pod.</summary>
    public IReadOnlyDictionary<string, (DateTimeOffset At, int Round)> Unneeded { get; init; } = new Dictionary<string, (DateTimeOffset, int)>();

    /// <summary>A leaf is taken from this time on, because others were lost; null for at once.</summary>
    public DateTimeOffset? TakeFrom { get; init; }

    /// <summary>Workers that were started for the federation and that its status has not counted yet.</summary>
    public int Started { get; init; }

    /// <summary>Workers that were started for it since a round was published.</summary>
    public int StartedSinceRound { get; init; }

    /// <summary>Assignment of the top that has taken a plan; null when none has. A worker of an earlier release takes none, and has no use for leaves.</summary>
    public string? ToldTo { get; init; }

    /// <summary>Version of the plan that the top was told last.</summary>
    public long Version { get; init; }
}
