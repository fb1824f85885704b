using Hearth.Api.Schema;

namespace Hearth.Api.TrainingJobs;

/// <summary>What happens on failure, in time and afterwards; the fields are those of Kubeflow's run policy.</summary>
public sealed record RunPolicy
{
    /// <summary>How often all workers are started anew after one was lost or failed, before the job has failed.</summary>
    [Range(0, 1_000_000)]
    public int BackoffLimit { get; set; } = 3;

    /// <summary>Seconds from the start, or from the end of a suspension, after which the job has failed. Empty means no limit.</summary>
    [Range(1, int.MaxValue)]
    public long? ActiveDeadlineSeconds { get; set; }

    /// <summary>Seconds after its end at which the job is deleted. Empty means never.</summary>
    [Range(0, int.MaxValue)]
    public long? TtlSecondsAfterFinished { get; set; }

    /// <summary>Which pods of a container program are deleted at the end. Workers of a builtin program go back to their pool in any case.</summary>
    public CleanPodPolicy CleanPodPolicy { get; set; } = CleanPodPolicy.None;
}
