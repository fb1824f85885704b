namespace Hearth.Api.FederatedAggregations;

/// <summary>How the updates of a round become a model.</summary>
public enum FederationStrategy
{
    /// <summary>The average of the clients' weights, each weighed by its number of examples (McMahan et al., AISTATS 2017).</summary>
    FedAvg,
}
