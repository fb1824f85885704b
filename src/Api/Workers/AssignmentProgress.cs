using Hearth.Api.FederatedAggregations;

namespace Hearth.Api.Workers;

/// <summary>One line of a worker's answer to an assignment.</summary>
public sealed record AssignmentProgress
{
    /// <summary>Id of the assignment.</summary>
    public string Id { get; set; } = "";

    /// <summary>Where the assignment stands.</summary>
    public AssignmentState State { get; set; }

    /// <summary>What is being done, for people, for example <c>fetching 1.3 MB from http://...</c>.</summary>
    public string? Message { get; set; }

    /// <summary>Part done, 0 to 100, where it is known.</summary>
    public int? Percent { get; set; }

    /// <summary>Time to fetch the artifact in milliseconds, on the <c>Ready</c> line.</summary>
    public double? DeployCodeMs { get; set; }

    /// <summary>Time to open the runtime and build the session in milliseconds, on the <c>Ready</c> line.</summary>
    public double? DeployDependencyMs { get; set; }

    /// <summary>Whether the artifact was in the cache.</summary>
    public bool? CacheHit { get; set; }

    /// <summary>Whether the model was loaded already, by an assignment before, on the <c>Ready</c> line of a function.</summary>
    public bool? Resident { get; set; }

    /// <summary>Why requests are not batched although the assignment asks for it, on the <c>Ready</c> line.</summary>
    public string? NotBatched { get; set; }

    /// <summary>How far the federation is, for <see cref="WorkerRole.Aggregator"/>.</summary>
    public FederationProgress? Federation { get; set; }

    /// <summary>How far the training is, from a <see cref="WorkerRole.Trainer"/> that trains or has trained.</summary>
    public TrainingProgress? Training { get; set; }

    /// <summary>Why it failed, on the <c>Failed</c> line.</summary>
    public AssignmentFailure? Failure { get; set; }
}
