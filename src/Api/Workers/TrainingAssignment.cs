using Hearth.Api.TrainingJobs;

namespace Hearth.Api.Workers;

/// <summary>What a worker needs to know to be one rank of a TrainingJob with a builtin program.</summary>
public sealed record TrainingAssignment
{
    /// <summary>The job.</summary>
    public TrainingJobSpec Spec { get; set; } = new();

    /// <summary>Which of the workers this one is, from 0.</summary>
    public int Rank { get; set; }

    /// <summary>Where each rank listens, <c>address:port</c>, in the order of ranks.</summary>
    public IReadOnlyList<string> Peers { get; set; } = [];

    /// <summary>Number of the group of workers; ranks of another one are refused.</summary>
    public int Attempt { get; set; }

    /// <summary>What the ranks of this group know and nobody else.</summary>
    public string Token { get; set; } = "";
}
