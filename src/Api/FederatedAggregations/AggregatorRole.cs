namespace Hearth.Api.FederatedAggregations;

/// <summary>What an aggregator is in the tree of a round.</summary>
public enum AggregatorRole
{
    /// <summary>Takes updates and folds them.</summary>
    Leaf,

    /// <summary>A leaf that also adds up the sums of its node's other leaves.</summary>
    Middle,

    /// <summary>Leads the rounds, adds up the sums and publishes the model.</summary>
    Top,
}
