using System.Net;
using Hearth.Training.Artifacts;
using Hearth.Training.Checkpoints;
using Hearth.Training.Datasets;
using Hearth.Training.Models;
using Hearth.Training.Optimizers;
using Hearth.Transport.Collectives;

namespace Hearth.Training.Tests;

/// <summary>Several ranks in this process, each with its own trainer, joined over loopback sockets.</summary>
public sealed class TrainingLoopTests : IDisposable
{
    private const int Steps = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Folder _folder = new();
    private readonly Dataset _data = Make.DigitData(200, seed: 1);

    private CheckpointStore Store => new(Path.Combine(_folder.Path, "checkpoints"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_OneRank_GivesTheWeightsOfATrainerAlone()
    {
        using var accelerator = Make.Accelerator();
        using var alone = MakeTrainer(accelerator, null);
        Make.Run(alone, Steps);

        var weights = Assert.Single(await TrainAsync(1));

        Assert.Equal(Make.BytesOf(alone.Network), weights);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Run_SeveralRanks_EndInTheSameBitsEveryTimeAndCloseToOneRank(int world)
    {
        var weights = await TrainAsync(world);
        var again = await TrainAsync(world);
        var alone = await TrainAsync(1);

        Assert.All(weights.Concat(again), other => Assert.Equal(weights[0], other));
        var differences = Floats(weights[0]).Zip(Floats(alone[0]), (a, b) => Math.Abs(a - b));
        Assert.InRange(differences.Max(), 0, 0.01);
    }

    [Fact]
    public async Task Run_FewerExamplesThanRanks_StillAgree()
    {
        var weights = await TrainAsync(4, new() { BatchSize = 3 });

        Assert.All(weights, other => Assert.Equal(weights[0], other));
    }

    [Fact]
    public async Task Run_EveryRankSeesTheSameLoss()
    {
        var losses = new List<double>[] { [], [], [] };

        await TrainAsync(3, stepped: (rank, loss) => losses[rank].Add(loss));

        Assert.Equal(Steps, losses[0].Count);
        Assert.All(losses, seen => Assert.Equal(losses[0], seen));
        Assert.True(losses[0][^1] < losses[0][0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(13)]
    public async Task Resume_AfterARankEnded_GivesTheWeightsOfAnUndisturbedRun(int stop)
    {
        var undisturbed = await TrainAsync(3);
        await Assert.ThrowsAnyAsync<Exception>(() => TrainAsync(3, checkpoints: true, endAt: (Rank: 2, Step: stop)));

        // The first rank saved the step it had reached when it noticed, whatever the interval.
        using (var latest = Store.TryOpenLatest(out _))
            Assert.InRange(latest!.Step, stop, stop + 1);
        var resumed = await TrainAsync(3, checkpoints: true);

        Assert.Equal(undisturbed[0], resumed[0]);
    }

    [Fact]
    public async Task Resume_LatestCheckpointCutShort_GoesOnFromTheOneBeforeAndSaysSo()
    {
        var undisturbed = await TrainAsync(2);
        await TrainAsync(2, checkpoints: true, steps: 15);
        var latest = Directory.GetFiles(Path.Combine(_folder.Path, "checkpoints")).Order().Last();
        File.WriteAllBytes(latest, File.ReadAllBytes(latest)[..100]);
        var resumptions = new TrainingResumption[2];

        var resumed = await TrainAsync(2, checkpoints: true, resumed: (rank, resumption) => resumptions[rank] = resumption);

        Assert.Equal(undisturbed[0], resumed[0]);
        Assert.All(resumptions, resumption => Assert.Equal(10, resumption.Step));
        Assert.Equal(latest, Assert.Single(resumptions[0].Refused).Path);
    }

    [Fact]
    public async Task Resume_CheckpointOfAnotherTraining_IsRefusedOnEveryRank()
    {
        await TrainAsync(1, checkpoints: true);
        var errors = new Exception?[2];

        await Assert.ThrowsAnyAsync<Exception>(() => TrainAsync(2, new() { Seed = 9 }, checkpoints: true, failed: (rank, error) => errors[rank] = error));

        Assert.All(errors, error => Assert.IsType<CheckpointMismatchException>(error));
    }

    [Fact]
    public async Task Run_LossOverflows_SaysSoOnEveryRankOfTheSameStep()
    {
        var errors = new Exception?[3];
        var options = new TrainingOptions { Optimizer = new SgdSpec { LearningRate = 1e30f } };

        await Assert.ThrowsAnyAsync<Exception>(() => TrainAsync(3, options, failed: (rank, error) => errors[rank] = error));

        var steps = errors.Select(error => Assert.IsType<TrainingDivergedException>(error).Step).Distinct();
        Assert.Single(steps);
    }

    [Fact]
    public async Task Run_TestDataAndOutput_MeasuresAndWritesTheModel()
    {
        using var accelerator = Make.Accelerator();
        using var ring = await Ring.JoinAsync(new("job", 1, 0, 1, "t"), null, [new IPEndPoint(IPAddress.Loopback, 1)], new(), TimeProvider.System, default);
        using var trainer = MakeTrainer(accelerator, ring);
        var plan = new TrainingPlan { Steps = 200, Test = Make.DigitData(200, seed: 2), Output = Path.Combine(_folder.Path, "model") };

        var result = await new TrainingLoop(trainer, ring, plan).RunAsync(_ => { }, default);

        Assert.Equal(new Classifier(trainer.Network).Evaluate(plan.Test), result.Evaluation);
        Assert.InRange(result.Evaluation!.Value.Accuracy, 0.2, 1);
        using var written = ModelArtifact.Load(plan.Output, accelerator);
        Assert.Equal(Make.BytesOf(trainer.Network), Make.BytesOf(written));
        Assert.Equal(64, result.ModelDigest!.Length);
    }

    private static IEnumerable<float> Floats(byte[] bytes) => bytes.Chunk(4).Select(chunk => BitConverter.ToSingle(chunk));

    private Trainer MakeTrainer(Hearth.Compute.Accelerators.Accelerator accelerator, Ring? ring, TrainingOptions? options = null) =>
        new(accelerator, ModelSpec.Mlp(_data, Normalization.OfBytes, 16), _data, options ?? new TrainingOptions { BatchSize = 30, Seed = 5, Optimizer = new AdamSpec { LearningRate = 0.01f } }, ring);

    /// <summary>Trains on every rank; returns each one's weights. A rank that fails leaves the ring, as its process would.</summary>
    private async Task<IReadOnlyList<byte[]>> TrainAsync(
        int world, TrainingOptions? options = null, bool checkpoints = false, long steps = Steps, (int Rank, int Step)? endAt = null,
        Action<int, double>? stepped = null, Action<int, TrainingResumption>? resumed = null, Action<int, Exception>? failed = null)
    {
        var listeners = Enumerable.Range(0, world).Select(_ => RingListener.Bind(new(IPAddress.Loopback, 0))).ToArray();
        var peers = listeners.Select(listener => listener.LocalEndPoint).ToArray();
        return await Task.WhenAll(listeners.Select((listener, rank) => Task.Run(async () =>
        {
            using (listener)
            {
                using var ring = await Ring.JoinAsync(new("job", 1, rank, world, "token"), listener, peers, new(), TimeProvider.System, default);
                using var accelerator = Make.Accelerator(threads: 1);
                using var trainer = MakeTrainer(accelerator, ring, options);
                var plan = new TrainingPlan { Steps = steps, CheckpointEvery = 5, Checkpoints = checkpoints && rank == 0 ? Store : null };
                var loop = new TrainingLoop(trainer, ring, plan);
                try
                {
                    var resumption = await loop.ResumeAsync(default);
                    resumed?.Invoke(rank, resumption);
                    await loop.RunAsync(
                        loss =>
                        {
                            stepped?.Invoke(rank, loss);
                            if (endAt is { } end && end.Rank == rank && end.Step == trainer.Step)
                                throw new InvalidOperationException("The process was killed.");
                        },
                        default);
                }
                catch (Exception e)
                {
                    failed?.Invoke(rank, e);
                    throw;
                }
                return Make.BytesOf(trainer.Network);
            }
        }))).WaitAsync(Patience);
    }
}
