using Hearth.Training.Optimizers;

namespace Hearth.Training;

/// <summary>How a model learns. With the model and the data, it determines every weight.</summary>
public sealed record TrainingOptions
{
    /// <summary>Seed of the first weights and of the order of the examples. Defaults to 0.</summary>
    public ulong Seed { get; set; }

    /// <summary>Examples that a step looks at; the last step of an epoch takes what is left. Defaults to 64.</summary>
    public int BatchSize { get; set; } = 64;

    /// <summary>How weights follow their gradients. Defaults to Adam.</summary>
    public OptimizerSpec Optimizer { get; set; } = new AdamSpec();

    /// <summary>Everything that is wrong with it.</summary>
    public IEnumerable<string> FindFaults() =>
        BatchSize > 0 ? Optimizer.FindFaults() : [$"batchSize is {BatchSize}, expected 1 or more", .. Optimizer.FindFaults()];
}
