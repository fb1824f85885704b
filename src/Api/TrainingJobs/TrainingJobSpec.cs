using Hearth.Api.Schema;

namespace Hearth.Api.TrainingJobs;

/// <summary>Desired state of a TrainingJob.</summary>
[ValidationRule("!has(self.program.builtin) || has(self.output)", Message = BuiltinWithoutOutput, FieldPath = ".program")]
[ValidationRule("!has(self.program.container) || !has(self.output)", Message = ContainerWithOutput, FieldPath = ".output")]
[ValidationRule("!has(self.program.container) || !has(self.checkpoint)", Message = ContainerWithCheckpoint, FieldPath = ".checkpoint")]
[ValidationRule("self.program == oldSelf.program", Message = Immutable, FieldPath = ".program")]
[ValidationRule("self.workers == oldSelf.workers", Message = Immutable, FieldPath = ".workers")]
[ValidationRule("has(self.output) == has(oldSelf.output) && (!has(self.output) || self.output == oldSelf.output)", Message = Immutable, FieldPath = ".output")]
[ValidationRule(
    "has(self.checkpoint) == has(oldSelf.checkpoint) && (!has(self.checkpoint) || self.checkpoint == oldSelf.checkpoint)",
    Message = Immutable, FieldPath = ".checkpoint")]
[ValidationRule(
    "has(self.managedBy) == has(oldSelf.managedBy) && (!has(self.managedBy) || self.managedBy == oldSelf.managedBy)",
    Message = Immutable, FieldPath = ".managedBy")]
public sealed record TrainingJobSpec
{
    internal const string BuiltinWithoutOutput = "a builtin program needs output.uri, the folder that its model goes to";
    internal const string ContainerWithOutput = "only a builtin program writes to output; a container has its own way";
    internal const string ContainerWithCheckpoint = "only a builtin program writes checkpoints; a container has its own way";
    internal const string Immutable = "cannot be changed: make another TrainingJob to train otherwise";

    /// <summary>What is trained and how. Cannot be changed.</summary>
    [Required]
    public TrainingProgram Program { get; set; } = new();

    /// <summary>The workers that train together. Cannot be changed.</summary>
    public TrainingWorkers Workers { get; set; } = new();

    /// <summary>Name of the WorkerPool, in the same namespace, that workers come from.</summary>
    [Length(1, 63)]
    public string Pool { get; set; } = HearthApi.DefaultPool;

    /// <summary>Where and how often a builtin program saves how far it is. Empty means that a restart begins anew. Cannot be changed.</summary>
    public CheckpointSpec? Checkpoint { get; set; }

    /// <summary>What happens on failure, in time and afterwards.</summary>
    public RunPolicy RunPolicy { get; set; } = new();

    /// <summary>Stops the training and gives its workers back. It goes on from its last checkpoint when this is false again.</summary>
    public bool Suspend { get; set; }

    /// <summary>Who runs the job. Empty or hearth.dev/operator means Hearth; anything else makes Hearth leave it alone. Cannot be changed.</summary>
    [Length(1, 63)]
    public string? ManagedBy { get; set; }

    /// <summary>Where the model of a builtin program goes. Cannot be changed.</summary>
    public TrainingOutput? Output { get; set; }
}
