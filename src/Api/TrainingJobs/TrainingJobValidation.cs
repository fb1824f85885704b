using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Schema;

namespace Hearth.Api.TrainingJobs;

/// <summary>The rules of a TrainingJob that its schema alone does not express; the same verdicts as the CEL rules.</summary>
public static class TrainingJobValidation
{
    /// <summary>Every fault of <paramref name="job"/>, none when it is valid.</summary>
    public static IEnumerable<FieldError> Validate(TrainingJob job)
    {
        var spec = job.Spec;
        var (builtin, container) = (spec.Program.Builtin, spec.Program.Container);
        if ((builtin is null) == (container is null))
            yield return new("spec.program", TrainingProgram.BuiltinOrContainer);
        if (builtin is not null && spec.Output is null)
            yield return new("spec.program", TrainingJobSpec.BuiltinWithoutOutput);
        if (container is not null && spec.Output is not null)
            yield return new("spec.output", TrainingJobSpec.ContainerWithOutput);
        if (container is not null && spec.Checkpoint is not null)
            yield return new("spec.checkpoint", TrainingJobSpec.ContainerWithCheckpoint);
        foreach (var fault in builtin is null ? [] : Validate(builtin, "spec.program.builtin"))
            yield return fault;
    }

    /// <summary>Every change from <paramref name="before"/> to <paramref name="after"/> that is not allowed.</summary>
    public static IEnumerable<FieldError> ValidateChange(TrainingJob before, TrainingJob after)
    {
        var (old, now) = (before.Spec, after.Spec);
        var json = ApiJsonContext.Default;
        if (Differ(old.Program, now.Program, json.TrainingProgram))
            yield return new("spec.program", TrainingJobSpec.Immutable);
        if (old.Workers != now.Workers)
            yield return new("spec.workers", TrainingJobSpec.Immutable);
        if (old.Output != now.Output)
            yield return new("spec.output", TrainingJobSpec.Immutable);
        if (old.Checkpoint != now.Checkpoint)
            yield return new("spec.checkpoint", TrainingJobSpec.Immutable);
        if (old.ManagedBy != now.ManagedBy)
            yield return new("spec.managedBy", TrainingJobSpec.Immutable);
    }

    private static IEnumerable<FieldError> Validate(BuiltinProgram builtin, string path)
    {
        foreach (var fault in builtin.Architecture.Validate($"{path}.architecture"))
            yield return fault;
        foreach (var fault in Validate(builtin.Dataset, $"{path}.dataset"))
            yield return fault;
        foreach (var fault in Validate(builtin.Optimizer, $"{path}.optimizer"))
            yield return fault;
        if ((builtin.Epochs is null) == (builtin.Steps is null))
            yield return new(path, BuiltinProgram.EpochsOrSteps);
    }

    private static IEnumerable<FieldError> Validate(TrainingDataset dataset, string path)
    {
        foreach (var (source, name) in new[] { (dataset.Train, "train"), (dataset.Test, "test") })
        {
            if (source is null)
                continue;
            if (dataset.Format == DatasetFormat.Idx && source is not { Images: not null, Labels: not null, Uri: null })
                yield return new($"{path}.{name}", TrainingDataset.IdxFiles);
            if (dataset.Format == DatasetFormat.Csv && source is not { Images: null, Labels: null, Uri: not null })
                yield return new($"{path}.{name}", TrainingDataset.CsvFile);
        }
        if (dataset.Format != DatasetFormat.Csv && dataset.Csv is not null)
            yield return new($"{path}.csv", TrainingDataset.CsvOptionsWithoutCsv);
    }

    private static IEnumerable<FieldError> Validate(TrainingOptimizer optimizer, string path)
    {
        if (optimizer.LearningRate <= 0)
            yield return new($"{path}.learningRate", TrainingOptimizer.NotPositive);
        if (optimizer.WeightDecay < 0)
            yield return new($"{path}.weightDecay", TrainingOptimizer.Negative);
        if (optimizer.Momentum is not (>= 0 and < 1))
            yield return new($"{path}.momentum", TrainingOptimizer.NotBelowOne);
        if (optimizer.Name != OptimizerName.Sgd && (optimizer.Momentum != 0 || optimizer.Nesterov))
            yield return new($"{path}.momentum", TrainingOptimizer.MomentumWithoutSgd);
        if (optimizer.Nesterov && optimizer.Momentum <= 0)
            yield return new($"{path}.nesterov", TrainingOptimizer.NesterovWithoutMomentum);
    }

    private static bool Differ<T>(T before, T after, JsonTypeInfo<T> json) =>
        !JsonNode.DeepEquals(JsonSerializer.SerializeToNode(before, json), JsonSerializer.SerializeToNode(after, json));
}
