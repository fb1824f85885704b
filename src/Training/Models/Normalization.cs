using System.Numerics.Tensors;
using Hearth.Training.Datasets;

namespace Hearth.Training.Models;

/// <summary>What is done to raw features before the first layer: (x - mean) · scale. Part of the model, so that callers send what they measured.</summary>
/// <remarks>Mean and scale hold one value for all features or one for each.</remarks>
public sealed record Normalization
{
    /// <summary>Subtracted. Defaults to 0.</summary>
    public IReadOnlyList<float> Mean { get; set; } = [0];

    /// <summary>Multiplied with, after the subtraction. Defaults to 1.</summary>
    public IReadOnlyList<float> Scale { get; set; } = [1];

    /// <summary>Brings bytes, as of pixels, into [0, 1].</summary>
    public static Normalization OfBytes { get; } = new() { Scale = [1 / 255f] };

    /// <summary>Brings every feature of <paramref name="data"/> to mean 0 and variance 1. A feature that never changes is only moved to 0.</summary>
    public static Normalization Standardize(Dataset data)
    {
        var means = new double[data.FeatureCount];
        var squares = new double[data.FeatureCount];
        for (var row = 0; row < data.Count; row++)
        {
            var features = data.Features(row);
            for (var i = 0; i < features.Length; i++)
            {
                // Welford's update, which does not cancel as a difference of sums would.
                var difference = features[i] - means[i];
                means[i] += difference / (row + 1);
                squares[i] += difference * (features[i] - means[i]);
            }
        }
        return new Normalization
        {
            Mean = [.. means.Select(mean => (float)mean)],
            Scale = [.. squares.Select(square => square > 0 ? (float)Math.Sqrt(data.Count / square) : 1)],
        };
    }

    /// <summary>What is wrong with it for so many features.</summary>
    internal IEnumerable<string> FindFaults(long features)
    {
        foreach (var (name, values) in new[] { ("mean", Mean), ("scale", Scale) })
        {
            if (values.Count != 1 && values.Count != features)
                yield return $"normalization.{name} has {values.Count} values, expected 1 or one for each of {features} features";
            if (values.Any(value => !float.IsFinite(value)))
                yield return $"normalization.{name} holds a value that is not finite";
        }
    }

    /// <summary>Prepares it for use on rows of so many features.</summary>
    internal Normalizer ForFeatures(int features) => new(Spread(Mean, features), Spread(Scale, features));

    private static float[] Spread(IReadOnlyList<float> values, int features) =>
        values.Count == 1 ? [.. Enumerable.Repeat(values[0], features)] : [.. values];

    /// <summary>A normalization spread out over the features.</summary>
    internal sealed class Normalizer(float[] mean, float[] scale)
    {
        /// <summary>Normalizes one row.</summary>
        public void Apply(ReadOnlySpan<float> features, Span<float> result)
        {
            TensorPrimitives.Subtract(features, mean, result);
            TensorPrimitives.Multiply(result, scale, result);
        }
    }
}
