using Hearth.Api.Models;
using Hearth.Api.Schema;

namespace Hearth.Api.TrainingJobs;

/// <summary>A built-in model and how it learns. With the number of workers this determines every weight.</summary>
[ValidationRule("has(self.epochs) != has(self.steps)", Message = EpochsOrSteps)]
public sealed record BuiltinProgram
{
    internal const string EpochsOrSteps = "exactly one of epochs and steps must be given";

    /// <summary>The model.</summary>
    [Required]
    public ArchitectureSpec Architecture { get; set; } = new();

    /// <summary>What it learns from.</summary>
    [Required]
    public TrainingDataset Dataset { get; set; } = new();

    /// <summary>How weights follow their gradients.</summary>
    public TrainingOptimizer Optimizer { get; set; } = new();

    /// <summary>Examples that a step looks at, over all workers.</summary>
    [Range(1, 1_000_000)]
    public int BatchSize { get; set; } = 64;

    /// <summary>How often every example is looked at.</summary>
    [Range(1, 1_000_000)]
    public int? Epochs { get; set; }

    /// <summary>How many steps are taken.</summary>
    [Range(1, 1_000_000_000_000)]
    public long? Steps { get; set; }

    /// <summary>Seed of the first weights and of the order of the examples.</summary>
    [Range(0, long.MaxValue)]
    public long Seed { get; set; }
}
