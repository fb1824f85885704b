namespace Hearth.Api.FederatedAggregations;

/// <summary>When a round ends.</summary>
public enum FederationMode
{
    /// <summary>With the updates of all who train, or at the timeout with <c>minPerRound</c> at least.</summary>
    Synchronous,
}
