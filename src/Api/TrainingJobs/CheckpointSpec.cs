using Hearth.Api.Schema;

namespace Hearth.Api.TrainingJobs;

/// <summary>Where and how often a training saves how far it is.</summary>
public sealed record CheckpointSpec
{
    /// <summary>Folder of this training alone: file:///absolute/path, the same storage on every node that may run the first worker.</summary>
    [Length(1, 2048)]
    [Pattern("^file:///.+$")]
    [Required]
    public string Uri { get; set; } = "";

    /// <summary>Steps from one checkpoint to the next.</summary>
    [Range(1, 1_000_000_000)]
    public int EverySteps { get; set; } = 100;

    /// <summary>How many are kept. More than one, so that a damaged file costs some steps and not the training.</summary>
    [Range(1, 100)]
    public int Keep { get; set; } = 2;
}
