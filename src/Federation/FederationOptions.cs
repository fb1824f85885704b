using Hearth.Api.FederatedAggregations;

namespace Hearth.Federation;

/// <summary>What a federation is to do, and whose it is.</summary>
public sealed record FederationOptions
{
    /// <summary>Uid of the FederatedAggregation: its output directory is its own.</summary>
    public required string Uid { get; init; }

    /// <summary>Its namespace, for messages.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Its name, for messages.</summary>
    public required string Name { get; init; }

    /// <summary>Rounds to run, at least 1.</summary>
    public required int Rounds { get; init; }

    /// <summary>Updates that a round needs, at least 1.</summary>
    public required int MinPerRound { get; init; }

    /// <summary>Updates that a round takes, at least <see cref="MinPerRound"/>.</summary>
    public required int MaxPerRound { get; init; }

    /// <summary>From a round's start to the end of its patience.</summary>
    public required TimeSpan RoundTimeout { get; init; }

    /// <summary>Who takes part in a round. Defaults to everyone, in the order in which they joined.</summary>
    public ClientSelection Selection { get; init; } = ClientSelection.All;

    /// <summary>Decides selections, and the seeds that clients are given. Defaults to 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>What a client does with a model.</summary>
    public LocalWorkSpec LocalWork { get; init; } = new();

    /// <summary>With clients enough but not as many as a round takes, how long it waits for another to join. Defaults to a second.</summary>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Unheard of for so long, a client must join again. Defaults to 10 minutes; twice the round's timeout where that is longer.</summary>
    public TimeSpan ClientExpiry { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether updates are folded only once the round takes no more, for measurements of what folding as they come is worth. Defaults to false.</summary>
    public bool FoldsLate { get; init; }

    /// <summary>Clients that are remembered at a time. Defaults to 100,000.</summary>
    public int MaxClients { get; init; } = 100_000;

    /// <summary>Updates that are received at a time; others wait. Defaults to 32, which bounds the disk that unfinished ones take.</summary>
    public int MaxUploads { get; init; } = 32;
}
