using Hearth.Api.TrainingJobs;

namespace Hearth.Api.Workers;

/// <summary>How far a rank of a TrainingJob is.</summary>
public sealed record TrainingProgress
{
    /// <summary>Steps taken.</summary>
    public long Step { get; set; }

    /// <summary>Steps to take.</summary>
    public long TotalSteps { get; set; }

    /// <summary>Loss of the latest step's examples, over all ranks, in nats.</summary>
    public double? Loss { get; set; }

    /// <summary>Part of the held-out examples that are classified rightly, from the first rank at the end.</summary>
    public double? Accuracy { get; set; }

    /// <summary>The checkpoint's step from which this rank went on.</summary>
    public long? ResumedFrom { get; set; }

    /// <summary>What the user should know although the training goes on, for example a damaged checkpoint that was passed over.</summary>
    public string? Warning { get; set; }

    /// <summary>What was written, from the first rank at the end.</summary>
    public TrainedModel? Model { get; set; }
}
