using Hearth.Api.Schema;

namespace Hearth.Api.TrainingJobs;

/// <summary>How many workers train together. They start all or none.</summary>
public sealed record TrainingWorkers
{
    /// <summary>Number of workers; the world size.</summary>
    [Range(1, 256)]
    public int Count { get; set; } = 1;
}
