using Hearth.Api.Schema;

namespace Hearth.Api.FederatedAggregations;

/// <summary>How the updates of a round become a model.</summary>
[ValidationRule("self.name != 'FedAvg' || !has(self.parameters) || size(self.parameters) == 0", Message = FedAvgHasNone, FieldPath = ".parameters")]
public sealed record StrategySpec
{
    internal const string FedAvgHasNone = "FedAvg has no parameters";

    /// <summary>Which strategy.</summary>
    public FederationStrategy Name { get; set; } = FederationStrategy.FedAvg;

    /// <summary>Parameters of the strategy by name.</summary>
    [Items(16)]
    public IReadOnlyDictionary<string, double>? Parameters { get; set; }
}
