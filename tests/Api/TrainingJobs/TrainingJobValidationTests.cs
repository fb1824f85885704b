using System.Text.Json;
using Hearth.Api.Models;
using Hearth.Api.TrainingJobs;
using Hearth.Testing;

namespace Hearth.Api.Tests.TrainingJobs;

public sealed class TrainingJobValidationTests
{
    private const string Builtin = "spec.program.builtin";

    public static TheoryData<string, Action<TrainingJob>> Faults => new()
    {
        { "spec.program", job => job.Spec.Program.Container = new() { Image = "i" } },
        { "spec.program", job => job.Spec.Output = null },
        { Builtin, job => job.Spec.Program.Builtin!.Epochs = null },
        { Builtin, job => job.Spec.Program.Builtin!.Steps = 5 },
        { $"{Builtin}.architecture.hidden", job => job.Spec.Program.Builtin!.Architecture.Kind = ArchitectureKind.SoftmaxRegression },
        { $"{Builtin}.dataset.train", job => job.Spec.Program.Builtin!.Dataset.Train.Labels = null },
        { $"{Builtin}.dataset.train", job => job.Spec.Program.Builtin!.Dataset.Format = DatasetFormat.Csv },
        { $"{Builtin}.dataset.test", job => job.Spec.Program.Builtin!.Dataset.Test = new() { Uri = "file:///t" } },
        { $"{Builtin}.dataset.csv", job => job.Spec.Program.Builtin!.Dataset.Csv = new() },
        { $"{Builtin}.optimizer.learningRate", job => job.Spec.Program.Builtin!.Optimizer.LearningRate = 0 },
        { $"{Builtin}.optimizer.weightDecay", job => job.Spec.Program.Builtin!.Optimizer.WeightDecay = -1 },
        { $"{Builtin}.optimizer.momentum", job => job.Spec.Program.Builtin!.Optimizer = new() { Name = OptimizerName.Sgd, Momentum = 1 } },
        { $"{Builtin}.optimizer.momentum", job => job.Spec.Program.Builtin!.Optimizer.Momentum = 0.5 },
        { $"{Builtin}.optimizer.nesterov", job => job.Spec.Program.Builtin!.Optimizer = new() { Name = OptimizerName.Sgd, Nesterov = true } },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Validate_OneFault_NamesItsField(string field, Action<TrainingJob> spoil)
    {
        var job = new MakeTrainingJob().Build();
        Assert.Empty(TrainingJobValidation.Validate(job));

        spoil(job);

        Assert.Contains(TrainingJobValidation.Validate(job), fault => fault.Field == field);
    }

    [Fact]
    public void Validate_SeveralFaults_NamesAll()
    {
        var job = new MakeTrainingJob().With(j =>
        {
            j.Spec.Output = null;
            j.Spec.Program.Builtin!.Epochs = null;
            j.Spec.Program.Builtin.Optimizer.LearningRate = -1;
        }).Build();

        Assert.Equal(["spec.program", $"{Builtin}.optimizer.learningRate", Builtin], TrainingJobValidation.Validate(job).Select(fault => fault.Field));
    }

    [Fact]
    public void Validate_ContainerWithOutputAndCheckpoint_SaysThatOnlyABuiltinHasThem()
    {
        var job = new MakeTrainingJob().Container("i", "true").Checkpoint("file:///c").With(j => j.Spec.Output = new() { Uri = "file:///o" }).Build();

        Assert.Equal(["spec.output", "spec.checkpoint"], TrainingJobValidation.Validate(job).Select(fault => fault.Field));
    }

    public static TheoryData<string, Action<TrainingJob>> Changes => new()
    {
        { "spec.program", job => job.Spec.Program.Builtin!.Seed = 9 },
        { "spec.workers", job => job.Spec.Workers = new() { Count = 9 } },
        { "spec.output", job => job.Spec.Output = new() { Uri = "file:///elsewhere" } },
        { "spec.checkpoint", job => job.Spec.Checkpoint = new() { Uri = "file:///elsewhere" } },
        { "spec.managedBy", job => job.Spec.ManagedBy = "another" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void ValidateChange_OfWhatTheWeightsDependOn_IsRefused(string field, Action<TrainingJob> change)
    {
        var job = new MakeTrainingJob().Build();
        change(job);

        Assert.Equal([field], TrainingJobValidation.ValidateChange(new MakeTrainingJob().Build(), job).Select(fault => fault.Field));
    }

    [Fact]
    public void ValidateChange_OfPoolPolicyAndSuspension_IsAllowed()
    {
        var job = new MakeTrainingJob().Pool("other").RunPolicy(new() { BackoffLimit = 9 }).Suspend().Build();

        Assert.Empty(TrainingJobValidation.ValidateChange(new MakeTrainingJob().Build(), job));
    }

    [Fact]
    public void Spec_OnlyWhatIsRequired_HasTheDocumentedDefaults()
    {
        const string Text = """{"spec":{"program":{"builtin":{"architecture":{"hidden":[8]},"dataset":{"train":{"images":"file:///i","labels":"file:///l"}},"steps":5}}}}""";

        var spec = JsonSerializer.Deserialize(Text, ApiJsonContext.Default.TrainingJob)!.Spec;

        Assert.Equal((1, "default", false, null), (spec.Workers.Count, spec.Pool, spec.Suspend, spec.ManagedBy));
        Assert.Equal((3, null, null, CleanPodPolicy.None), (spec.RunPolicy.BackoffLimit, spec.RunPolicy.ActiveDeadlineSeconds, spec.RunPolicy.TtlSecondsAfterFinished, spec.RunPolicy.CleanPodPolicy));
        var builtin = spec.Program.Builtin!;
        Assert.Equal((64, 0, DatasetFormat.Idx, OptimizerName.Adam), (builtin.BatchSize, builtin.Seed, builtin.Dataset.Format, builtin.Optimizer.Name));
    }
}
