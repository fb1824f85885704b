namespace Hearth.Api.FederatedAggregations;

/// <summary>Phase of a round, in order.</summary>
public enum RoundPhase
{
    /// <summary>Waits for clients and chooses among them.</summary>
    Selecting,

    /// <summary>Clients train; their updates come in.</summary>
    Collecting,

    /// <summary>The round is closed; the last updates are folded.</summary>
    Folding,

    /// <summary>Model and manifest are written.</summary>
    Committing,

    /// <summary>The model is there for everyone. The end of the last round.</summary>
    Published,
}
