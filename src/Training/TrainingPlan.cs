using Hearth.Training.Checkpoints;
using Hearth.Training.Datasets;

namespace Hearth.Training;

/// <summary>What a training does from its first step to its last, the same on every rank but for what only the first has.</summary>
public sealed record TrainingPlan
{
    /// <summary>Steps to take.</summary>
    public required long Steps { get; init; }

    /// <summary>Where the first rank saves how far it is; null for nowhere. Not used on others.</summary>
    public CheckpointStore? Checkpoints { get; init; }

    /// <summary>Steps from one checkpoint to the next.</summary>
    public int CheckpointEvery { get; init; } = 100;

    /// <summary>Held-out examples, on which the first rank measures the model at the end; null for none.</summary>
    public Dataset? Test { get; init; }

    /// <summary>Folder to which the first rank writes the model at the end; null for nowhere.</summary>
    public string? Output { get; init; }
}
