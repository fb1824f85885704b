namespace Hearth.Api.TrainingJobs;

/// <summary>Which pods of a job are deleted at its end.</summary>
public enum CleanPodPolicy
{
    /// <summary>None: their logs stay until the job is deleted.</summary>
    None,

    /// <summary>Those that still run.</summary>
    Running,

    /// <summary>All.</summary>
    All,
}
