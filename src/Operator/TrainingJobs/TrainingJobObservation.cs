using Hearth.Api.Core;
using Hearth.Api.TrainingJobs;

namespace Hearth.Operator.TrainingJobs;

/// <summary>What a plan for a job is made from.</summary>
internal sealed record TrainingJobObservation
{
    /// <summary>The job.</summary>
    public required TrainingJob Job { get; init; }

    /// <summary>Its status as it was written last.</summary>
    public required TrainingJobStatus Before { get; init; }

    /// <summary>Every pod that names the job as its owner, whatever became of it.</summary>
    public required IReadOnlyList<V1Pod> Workers { get; init; }

    /// <summary>What workers answered, by uid of their pods.</summary>
    public IReadOnlyDictionary<string, WorkerReport> Reports { get; init; } = new Dictionary<string, WorkerReport>();

    /// <summary>Whether workers can be taken from the job's pool.</summary>
    public required bool PoolExists { get; init; }

    /// <summary>Uids of the pods that this process is assigning.</summary>
    public IReadOnlySet<string> Assigning { get; init; } = new HashSet<string>();

    /// <summary>Uids of the pods that this process is releasing.</summary>
    public IReadOnlySet<string> Releasing { get; init; } = new HashSet<string>();

    /// <summary>The present time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Whether the job runs the user's container.</summary>
    public bool IsContainer => Job.Spec.Program.Container is not null;
}
