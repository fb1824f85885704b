using Hearth.Api.TrainingJobs;
using Hearth.Compute.Accelerators;
using Hearth.Training;
using Hearth.Training.Checkpoints;
using Hearth.Training.Datasets;
using Hearth.Training.Models;
using Hearth.Training.Optimizers;
using Hearth.Transport.Collectives;
using Hearth.Worker.Artifacts;
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
            throw TrainingFailures.InvalidArchitecture($"The architecture does not fit its data. {misfit} Leave inputShape and classes out to take the data's, or name other data.");
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

    /// <summary>Refuses a training whose first checkpoint or model could not be written: better now than after hours of work.</summary>
    /// <exception cref="AssignmentException">A folder cannot be made or written to.</exception>
    public static void RequireFolders(TrainingJobSpec spec, VolumeMounts mounts)
    {
        Require("spec.output.uri", spec.Output!.Uri);
        if (spec.Checkpoint is { } checkpoint)
            Require("spec.checkpoint.uri", checkpoint.Uri);

        void Require(string field, string uri)
        {
            var folder = FolderOf(uri, mounts);
            try
            {
                var probe = Path.Combine(Directory.CreateDirectory(folder).FullName, ".probe.tmp");
                File.WriteAllBytes(probe, []);
                File.Delete(probe);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw StorageFailure.ExplainFolder(e, field, folder);
            }
        }
    }

    /// <summary>What is done from the first step to the last.</summary>
    public static TrainingPlan MakePlan(TrainingJobSpec spec, VolumeMounts mounts, int stepsPerEpoch, Dataset? test) => new()
    {
        Steps = spec.Program.Builtin!.Steps ?? (long)spec.Program.Builtin.Epochs!.Value * stepsPerEpoch,
        Checkpoints = spec.Checkpoint is { } checkpoint ? new CheckpointStore(FolderOf(checkpoint.Uri, mounts), checkpoint.Keep) : null,
        CheckpointEvery = spec.Checkpoint?.EverySteps ?? int.MaxValue,
        Test = test,
        Output = FolderOf(spec.Output!.Uri, mounts),
    };

    /// <summary>The folder that a <c>file:///</c> URI names; the kind's validation lets no other pass.</summary>
    private static string FolderOf(string uri, VolumeMounts mounts) =>
        mounts.FindDirectory(uri) ?? throw new InvalidOperationException($"'{uri}' is no file:///absolute/path.");

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
