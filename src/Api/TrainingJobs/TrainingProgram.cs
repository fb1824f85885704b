using Hearth.Api.Schema;

namespace Hearth.Api.TrainingJobs;

/// <summary>What a TrainingJob runs.</summary>
[ValidationRule("has(self.builtin) != has(self.container)", Message = BuiltinOrContainer)]
public sealed record TrainingProgram
{
    internal const string BuiltinOrContainer = "exactly one of builtin and container must be given";

    /// <summary>One of Hearth's own models, on pooled workers.</summary>
    public BuiltinProgram? Builtin { get; set; }

    /// <summary>A container on every worker, which finds the others by the variables that PyTorch users know.</summary>
    public TrainingContainer? Container { get; set; }
}
