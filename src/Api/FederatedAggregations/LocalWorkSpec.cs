using Hearth.Api.Schema;

namespace Hearth.Api.FederatedAggregations;

/// <summary>What a client does with the model in a round.</summary>
[ValidationRule("self.learningRate > 0.0", Message = RateNotPositive, FieldPath = ".learningRate")]
public sealed record LocalWorkSpec
{
    internal const string RateNotPositive = "must be above 0";

    /// <summary>Passes over the client's own data.</summary>
    [Range(1, 10_000)]
    public int Epochs { get; set; } = 1;

    /// <summary>Examples in one step.</summary>
    [Range(1, 1_000_000)]
    public int BatchSize { get; set; } = 32;

    /// <summary>Step size of the client's optimizer.</summary>
    public double LearningRate { get; set; } = 0.05;
}
