namespace Hearth.Api.FederatedAggregations;

/// <summary>Who is asked to train in a round.</summary>
public enum ClientSelection
{
    /// <summary>Everyone who asks for work, up to <c>maxPerRound</c>, the first first.</summary>
    All,

    /// <summary>A random choice of <c>maxPerRound</c> among those that have joined.</summary>
    Random,
}
