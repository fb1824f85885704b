using Hearth.Api.TrainingJobs;
using Hearth.Compute.Accelerators;
using Hearth.Training;
using Hearth.Training.Checkpoints;
using Hearth.Training.Datasets;
using Hearth.Training.Models;
using Hearth.Training.Optimizers;
using Hearth.Transport.Collectives;
using Hearth.Worker.Models;

namespace Hearth.Worker.Trainers;

/// <summary>What a job's spec means for Hearth.Training.</summary>
internal static class TrainingSettings
{
    /// <summary>The model.</summary>
    /// <exception cref="AssignmentException">It has faults, or does not fit the data.</exception>
    public static ModelSpec MakeModel(BuiltinProgram program, Dataset data)
    {
        var model = program.Architecture.ToModelSpec(data.ExampleShape.Dimensions, data.Classes);
        if (model.FindFaults().ToList() is { Count: > 0 } faults)
            throw TrainingFailures.InvalidArchitecture($"The architecture cannot be built: {string.Join("; ", faults)}.");
        if (data.FindMisfit(model) is { } misfit)
            throw TrainingFailures.InvalidArchitecture($"The architecture does not fit its data. {misfit}");
        return model;
    }

    /// <summary>The trainer.</summary>
    /// <exception cref="AssignmentException">It cannot be made.</exception>
    public static Trainer MakeTrainer(Accelerator accelerator, ModelSpec model, Dataset data, BuiltinProgram program, Ring ring)
    {
        var options = new TrainingOptions { Seed = (ulong)program.Seed, BatchSize = program.BatchSize, Optimizer = MakeOptimizer(program.Optimizer) };
        if (options.FindFaults().ToList() is { Count: > 0 } faults)
            throw TrainingFailures.InvalidArchitecture($"The training cannot run: {string.Join("; ", faults)}.");
        try
        {
            return new Trainer(accelerator, model, data, options, ring);
        }
        catch (AcceleratorMemoryException e)
        {
            throw TrainingFailures.InvalidArchitecture(e.Message, e);
        }
    }

    /// <summary>What is done from the first step to the last.</summary>
    public static TrainingPlan MakePlan(TrainingJobSpec spec, int stepsPerEpoch, Dataset? test) => new()
    {
        Steps = spec.Program.Builtin!.Steps ?? (long)spec.Program.Builtin.Epochs!.Value * stepsPerEpoch,
        Checkpoints = spec.Checkpoint is { } checkpoint ? new CheckpointStore(FolderOf(checkpoint.Uri), checkpoint.Keep) : null,
        CheckpointEvery = spec.Checkpoint?.EverySteps ?? int.MaxValue,
        Test = test,
        Output = FolderOf(spec.Output!.Uri),
    };

    /// <summary>The folder that a <c>file:///</c> URI names.</summary>
    public static string FolderOf(string uri) => new Uri(uri).LocalPath.TrimEnd('/');

    private static OptimizerSpec MakeOptimizer(TrainingOptimizer optimizer)
    {
        OptimizerSpec made = optimizer.Name switch
        {
            OptimizerName.Sgd => new SgdSpec { Momentum = (float)optimizer.Momentum, Nesterov = optimizer.Nesterov },
            _ => new AdamSpec(),
        };
        made.WeightDecay = (float)optimizer.WeightDecay;
        made.LearningRate = (float?)optimizer.LearningRate ?? made.LearningRate;
        return made;
    }
}
