using Hearth.Policies.Revisions;

namespace Hearth.Operator.InferenceFunctions;

/// <summary>Where a function's revisions stand: who has the traffic, and how many workers each is to have.</summary>
internal sealed record Rollout
{
    /// <summary>Hash of the last revision that was warm enough for the traffic; null before the first.</summary>
    public required string? Ready { get; init; }

    /// <summary>How requests are routed now.</summary>
    public required IReadOnlyList<TrafficRoute> Routes { get; init; }

    /// <summary>Workers to have, by hash. A revision that is not in it is not wanted.</summary>
    public required IReadOnlyDictionary<string, int> Wanted { get; init; }

    /// <summary>Workers with which the latest revision takes its traffic over.</summary>
    public required int Needed { get; init; }

    /// <summary>Whether a revision serves in place of this one.</summary>
    public bool HasStandIn(string hash) => Routes.Any(route => route.Asked == hash && route.Served != hash);

    /// <summary>Whether this revision only serves until another can.</summary>
    public bool IsStandIn(string hash) => Routes.Any(route => route.Served == hash && route.Asked != hash) && Routes.All(route => route.Asked != hash);
}
