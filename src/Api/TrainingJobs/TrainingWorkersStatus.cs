namespace Hearth.Api.TrainingJobs;

/// <summary>Workers of a TrainingJob.</summary>
public sealed record TrainingWorkersStatus
{
    /// <summary>Workers that train, or are ready to.</summary>
    public int Ready { get; set; }

    /// <summary>Workers that the job needs.</summary>
    public int Total { get; set; }
}
