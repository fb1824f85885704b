using Hearth.Compute.Cpu;
using Hearth.Training.Artifacts;
using Hearth.Training.Checkpoints;
using Hearth.Training.Datasets;
using Hearth.Training.Models;
using Hearth.Training.Optimizers;

namespace Hearth.Training.Tests.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly CpuAccelerator _accelerator = Make.Accelerator();
    private readonly Dataset _data = Make.DigitData(200, seed: 1);

    public static TheoryData<OptimizerSpec> Optimizers =>
        [new SgdSpec(), new SgdSpec { Momentum = 0.9f, LearningRate = 0.03f, Nesterov = true }, new AdamSpec { WeightDecay = 1e-3f }];

    private string CheckpointPath => Path.Combine(_folder.Path, "checkpoints");

    private CheckpointStore Store => new(CheckpointPath);

    [Theory]
    [MemberData(nameof(Optimizers))]
    public async Task Resume_AtAnyStep_GivesTheWeightsOfOneThatNeverStopped(OptimizerSpec optimizer)
    {
        // 7 steps an epoch: the stops lie within epochs and at their edge.
        const int Steps = 20;
        byte[] expected;
        using (var unbroken = MakeTrainer(optimizer))
        {
            Make.Run(unbroken, Steps);
            expected = Make.BytesOf(unbroken.Network);
        }

        foreach (var stop in new[] { 0, 3, 7, 13, Steps })
        {
            using (var trainer = ResumeOrStart(optimizer))
            {
                Make.Run(trainer, stop);
                using var state = trainer.Capture();
                await Store.SaveAsync(state);
                // Steps after the checkpoint are lost with the process, and taken again.
                Make.Run(trainer, stop + 2);
            }
        }

        using var last = ResumeOrStart(optimizer);
        Assert.Equal(Steps, last.Step);
        Assert.Equal(expected, Make.BytesOf(last.Network));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(900)]
    [InlineData(-1)]
    public async Task TryOpenLatest_LatestCutShort_RefusesItAndOpensTheOneBefore(int length)
    {
        using var trainer = MakeTrainer(new AdamSpec());
        await SaveAtAsync(trainer, 2);
        var weights = Make.BytesOf(trainer.Network);
        var latest = await SaveAtAsync(trainer, 5);
        var content = File.ReadAllBytes(latest);
        File.WriteAllBytes(latest, content[..(length < 0 ? content.Length + length : length)]);

        using var checkpoint = Store.TryOpenLatest(out var refused);

        Assert.Equal(2, checkpoint?.Step);
        Assert.Equal(latest, Assert.Single(refused).Path);
        Assert.Contains("SHA-256", refused[0].Reason, StringComparison.Ordinal);
        trainer.Resume(checkpoint!);
        Assert.Equal(weights, Make.BytesOf(trainer.Network));
    }

    [Fact]
    public async Task TryOpenLatest_OneByteChanged_RefusesIt()
    {
        using var trainer = MakeTrainer(new AdamSpec());
        var path = await SaveAtAsync(trainer, 1);
        var content = File.ReadAllBytes(path);
        content[^100] ^= 1;
        File.WriteAllBytes(path, content);

        Assert.Null(Store.TryOpenLatest(out var refused));
        Assert.Single(refused);
    }

    [Fact]
    public async Task TryOpenLatest_OtherFilesBeside_PassesThemOver()
    {
        using var trainer = MakeTrainer(new SgdSpec());
        await SaveAtAsync(trainer, 1);
        File.WriteAllText(Path.Combine(CheckpointPath, ".checkpoint.tmp"), "left behind");
        File.WriteAllText(Path.Combine(CheckpointPath, "step-000000000009.safetensors"), "not ours");

        using var checkpoint = Store.TryOpenLatest(out var refused);

        Assert.Equal(1, checkpoint?.Step);
        Assert.Empty(refused);
    }

    [Fact]
    public async Task TryOpenLatest_RightDigestButNoCheckpoint_SaysWhatIsWrong()
    {
        using var network = new Network(_accelerator, ModelSpec.SoftmaxRegression(_data, new Normalization()));
        await ModelArtifact.SaveAsync(CheckpointPath, network);
        var weights = Directory.GetFiles(CheckpointPath, "weights-*").Single();
        File.Move(weights, Path.Combine(CheckpointPath, Path.GetFileName(weights).Replace("weights", "step-000000000001", StringComparison.Ordinal)));

        Assert.Null(Store.TryOpenLatest(out var refused));
        Assert.Contains("expected 'hearth-checkpoint-1'", Assert.Single(refused).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void TryOpenLatest_NoDirectory_FindsNone()
    {
        Assert.Null(Store.TryOpenLatest(out var refused));
        Assert.Empty(refused);
    }

    [Fact]
    public async Task SaveAsync_MoreThanAreKept_DeletesTheEarliest()
    {
        using var trainer = MakeTrainer(new SgdSpec());
        var paths = new List<string>();
        for (var step = 1; step <= 4; step++)
            paths.Add(await SaveAtAsync(trainer, step));

        Assert.Equal(paths[2..], Directory.GetFiles(CheckpointPath).Order());
    }

    [Fact]
    public async Task Resume_CheckpointOfAnotherTraining_IsRefusedWithTheDifferences()
    {
        using (var trainer = MakeTrainer(new AdamSpec()))
            await SaveAtAsync(trainer, 1);
        using var checkpoint = Store.TryOpenLatest(out _);
        var data = Make.DigitData(150, seed: 1);
        using var other = new Trainer(
            _accelerator, ModelSpec.Mlp(data, Normalization.OfBytes, 16), data, new TrainingOptions { BatchSize = 30, Optimizer = new SgdSpec() });
        var before = Make.BytesOf(other.Network);

        var error = Assert.Throws<CheckpointMismatchException>(() => other.Resume(checkpoint!));

        Assert.Collection(
            error.Differences,
            model => Assert.Contains("\"outputs\":16", model, StringComparison.Ordinal),
            options => Assert.Contains("\"kind\":\"Sgd\"", options, StringComparison.Ordinal),
            examples => Assert.Equal("its data has 200 examples, expected 150", examples));
        Assert.Equal(before, Make.BytesOf(other.Network));
    }

    public void Dispose()
    {
        _accelerator.Dispose();
        _folder.Dispose();
    }

    private Trainer MakeTrainer(OptimizerSpec optimizer) =>
        new(_accelerator, ModelSpec.Mlp(_data, Normalization.OfBytes, 20), _data, new TrainingOptions { BatchSize = 30, Seed = 5, Optimizer = optimizer });

    private Trainer ResumeOrStart(OptimizerSpec optimizer)
    {
        var trainer = MakeTrainer(optimizer);
        using var checkpoint = Store.TryOpenLatest(out _);
        if (checkpoint is not null)
            trainer.Resume(checkpoint);
        return trainer;
    }

    private async Task<string> SaveAtAsync(Trainer trainer, long step)
    {
        Make.Run(trainer, step);
        using var state = trainer.Capture();
        return await Store.SaveAsync(state);
    }
}
