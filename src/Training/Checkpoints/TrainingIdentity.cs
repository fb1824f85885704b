using System.Text.Json;
using Hearth.Training.Models;

namespace Hearth.Training.Checkpoints;

/// <summary>What determines a training's weights: a checkpoint of another training is of no use.</summary>
/// <param name="Model">What is trained.</param>
/// <param name="Options">How.</param>
/// <param name="Examples">Number of examples of the data.</param>
public sealed record TrainingIdentity(ModelSpec Model, TrainingOptions Options, int Examples)
{
    /// <summary>How this identity differs from the expected one.</summary>
    internal IEnumerable<string> FindDifferences(TrainingIdentity expected)
    {
        var (model, expectedModel) = (ToJson(Model), ToJson(expected.Model));
        if (model != expectedModel)
            yield return $"its model is {model}, expected {expectedModel}";
        var (options, expectedOptions) = (ToJson(Options), ToJson(expected.Options));
        if (options != expectedOptions)
            yield return $"its options are {options}, expected {expectedOptions}";
        if (Examples != expected.Examples)
            yield return $"its data has {Examples} examples, expected {expected.Examples}";
    }

    private static string ToJson(ModelSpec model) => JsonSerializer.Serialize(model, TrainingJsonContext.Compact.ModelSpec);

    private static string ToJson(TrainingOptions options) => JsonSerializer.Serialize(options, TrainingJsonContext.Compact.TrainingOptions);
}
