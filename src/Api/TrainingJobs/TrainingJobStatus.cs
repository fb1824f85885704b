using Hearth.Api.Meta;

namespace Hearth.Api.TrainingJobs;

/// <summary>Observed state of a TrainingJob.</summary>
public sealed record TrainingJobStatus
{
    /// <summary>Generation of the spec that this status is about.</summary>
    public long? ObservedGeneration { get; set; }

    /// <summary>Steps taken.</summary>
    public long? Step { get; set; }

    /// <summary>Steps to take.</summary>
    public long? TotalSteps { get; set; }

    /// <summary>Part of the steps that is taken, 0 to 100.</summary>
    public int? ProgressPercentage { get; set; }

    /// <summary>Loss of the latest step's examples, in nats.</summary>
    public double? Loss { get; set; }

    /// <summary>Part of the held-out examples that the model classifies rightly, 0 to 1, once it is trained.</summary>
    public double? Accuracy { get; set; }

    /// <summary>How often all workers were started anew because one was lost or failed.</summary>
    public int Restarts { get; set; }

    /// <summary>Number of the group of workers that trains or is being gathered, from 1. Workers of an earlier one are given back.</summary>
    public int Attempt { get; set; }

    /// <summary>When workers are gathered again. Empty means at once.</summary>
    public DateTimeOffset? RetryTime { get; set; }

    /// <summary>Workers of the job.</summary>
    public TrainingWorkersStatus Workers { get; set; } = new();

    /// <summary>When the job began to be worked on, or to be so again after a suspension.</summary>
    public DateTimeOffset? StartTime { get; set; }

    /// <summary>When it ended, well or not.</summary>
    public DateTimeOffset? CompletionTime { get; set; }

    /// <summary>What came of it.</summary>
    public TrainedModel? Model { get; set; }

    /// <summary>Conditions; the summary is Succeeded.</summary>
    public IReadOnlyList<V1Condition>? Conditions { get; set; }
}
