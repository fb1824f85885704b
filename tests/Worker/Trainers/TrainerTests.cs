using System.Net;
using System.Text.Json;
using Hearth.Api;
using Hearth.Api.TrainingJobs;
using Hearth.Api.Workers;

namespace Hearth.Worker.Tests.Trainers;

/// <summary>The trainer role over workers' real ports, several of them in this process.</summary>
public sealed class TrainerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TrainingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Post_ThreeRanks_TrainToTheEndAndTheFirstWritesTheModel()
    {
        await using var group = await Group.StartAsync(3);

        var ready = await group.AssignAsync(rank => _folder.Describe(rank, 3));
        var ends = await group.WaitAsync(AssignmentState.Succeeded);

        Assert.All(ready, line => Assert.Equal((AssignmentState.Ready, 0L, 21L), (line.State, line.Training!.Step, line.Training.TotalSteps)));
        Assert.All(ends, line => Assert.Equal((21L, ends[0].Training!.Loss), (line.Training!.Step, line.Training.Loss)));
        Assert.InRange(ends[0].Training!.Accuracy!.Value, 0.01, 1);
        Assert.Equal($"file://{_folder.Model}/model.json", ends[0].Training!.Model!.Uri);
        Assert.Null(ends[1].Training!.Model);
        await group.ResetAsync();

        // The same workers, clean again, come to the same bits.
        var digest = ends[0].Training!.Model!.Sha256;
        await group.AssignAsync(rank => _folder.Describe(rank, 3, attempt: 2));
        Assert.Equal(digest, (await group.WaitAsync(AssignmentState.Succeeded))[0].Training!.Model!.Sha256);
    }

    [Fact]
    public async Task Delete_OfOneRank_FailsTheOthersAtOnceAndTheNextGroupGoesOn()
    {
        await using var undisturbed = await Group.StartAsync(2);
        await undisturbed.AssignAsync(rank => _folder.Describe(rank, 2, program => (program.Epochs, program.Steps) = (null, 400)));
        var expected = (await undisturbed.WaitAsync(AssignmentState.Succeeded))[0].Training!.Model!.Sha256;
        await undisturbed.ResetAsync();
        await using var group = await Group.StartAsync(2);
        await group.AssignAsync(rank => _folder.Describe(rank, 2, program => (program.Epochs, program.Steps) = (null, 1_000_000), checkpoints: true));
        await group.WaitAsync(line => line.Training?.Step > 2, ranks: [0]);

        await group.ResetAsync(ranks: [1]);

        var failed = (await group.WaitAsync(AssignmentState.Failed, ranks: [0]))[0];
        Assert.Equal((AssignmentFailureReason.PeerLost, true), (failed.Failure!.Reason, failed.Failure.Retriable));
        await group.ResetAsync(ranks: [0]);
        KeepCheckpointsUntil(400);
        var ready = await group.AssignAsync(rank => _folder.Describe(rank, 2, program => (program.Epochs, program.Steps) = (null, 400), checkpoints: true, attempt: 2));
        Assert.Equal(ready[0].Training!.ResumedFrom, ready[1].Training!.ResumedFrom);
        Assert.Equal(expected, (await group.WaitAsync(AssignmentState.Succeeded))[0].Training!.Model!.Sha256);
    }

    [Fact]
    public async Task Post_LatestCheckpointCutShort_GoesOnFromTheOneBeforeAndWarns()
    {
        await using var group = await Group.StartAsync(1);
        await group.AssignAsync(rank => _folder.Describe(rank, 1, checkpoints: true));
        await group.WaitAsync(AssignmentState.Succeeded);
        await group.ResetAsync();
        var latest = Directory.GetFiles(_folder.Checkpoints).Order(StringComparer.Ordinal).Last();
        await File.WriteAllBytesAsync(latest, (await File.ReadAllBytesAsync(latest))[..50]);

        var ready = (await group.AssignAsync(rank => _folder.Describe(rank, 1, checkpoints: true, attempt: 2)))[0];

        Assert.Equal(20, ready.Training!.ResumedFrom);
        Assert.Contains(Path.GetFileName(latest), ready.Training.Warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_Csv_IsLearned()
    {
        await using var group = await Group.StartAsync(1);

        await group.AssignAsync(rank => _folder.Describe(rank, 1, program => program.Dataset = new()
        {
            Format = DatasetFormat.Csv,
            Train = new() { Uri = _folder.UriOf("train.csv") },
            Test = new() { Uri = _folder.UriOf("test.csv") },
            Csv = new() { Header = false, Separator = ";" },
        }));

        Assert.InRange((await group.WaitAsync(AssignmentState.Succeeded))[0].Training!.Accuracy!.Value, 0.01, 1);
    }

    [Fact]
    public async Task Post_NamedClasses_AreThoseOfTheModel()
    {
        string[] names = ["nil", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
        await using var group = await Group.StartAsync(1);

        await group.AssignAsync(rank => _folder.Describe(rank, 1, program => program.Architecture.Classes = names));
        await group.WaitAsync(AssignmentState.Succeeded);

        Assert.Contains("\"seven\"", await File.ReadAllTextAsync(Path.Combine(_folder.Model, "model.json")), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, Action<BuiltinProgram>> Faults => new()
    {
        { AssignmentFailureReason.ArtifactNotFound, "does not exist", program => program.Dataset.Train.Images = "file:///nowhere/images" },
        { AssignmentFailureReason.InvalidDataset, "an IDX file begins with", program => program.Dataset.Train.Images = program.Dataset.Train.Images!.Replace("train-images", "train.csv", StringComparison.Ordinal) },
        { AssignmentFailureReason.InvalidDataset, "one label is expected for each", program => program.Dataset.Train.Labels = program.Dataset.Test!.Labels },
        { AssignmentFailureReason.InvalidArchitecture, "shape [8,8], the model takes [7,7]. Leave inputShape and classes out", program => program.Architecture.InputShape = [7, 7] },
        { AssignmentFailureReason.InvalidDataset, "", program => program.Architecture.Classes = ["zero", "one"] },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Post_WhatCannotBeTrained_FailsForGoodWithItsReason(string reason, string message, Action<BuiltinProgram> spoil)
    {
        await using var group = await Group.StartAsync(1);

        var failed = (await group.AssignAsync(rank => _folder.Describe(rank, 1, spoil)))[0];

        Assert.Equal((AssignmentState.Failed, reason, false), (failed.State, failed.Failure!.Reason, failed.Failure.Retriable));
        Assert.Contains(message, failed.Failure.Message, StringComparison.Ordinal);
        await group.ResetAsync();
    }

    [Fact]
    public async Task Post_OutputThatCannotBeMade_FailsBeforeTheFirstStep()
    {
        await File.WriteAllTextAsync(_folder.Model, "not a folder");
        await using var group = await Group.StartAsync(1);

        var failed = (await group.AssignAsync(rank => _folder.Describe(rank, 1)))[0];

        Assert.Equal((AssignmentState.Failed, AssignmentFailureReason.OutputUnavailable, false), (failed.State, failed.Failure!.Reason, failed.Failure.Retriable));
        Assert.StartsWith($"spec.output.uri: the folder '{_folder.Model}' cannot be made.", failed.Failure.Message, StringComparison.Ordinal);
        await group.ResetAsync();
    }

    [Fact]
    public async Task Post_DatasetCutShort_SaysHowManyBytesAreMissing()
    {
        var images = Path.Combine(_folder.Root, "train-images");
        await File.WriteAllBytesAsync(images, (await File.ReadAllBytesAsync(images))[..^100]);
        await using var group = await Group.StartAsync(1);

        var failed = (await group.AssignAsync(rank => _folder.Describe(rank, 1)))[0];

        Assert.Equal(AssignmentFailureReason.InvalidDataset, failed.Failure!.Reason);
        Assert.Contains("make 12816 bytes, found 12716", failed.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_LossOverflows_FailsForGoodOnEveryRank()
    {
        await using var group = await Group.StartAsync(2);

        await group.AssignAsync(rank => _folder.Describe(rank, 2, program => program.Optimizer = new() { Name = OptimizerName.Sgd, LearningRate = 1e30 }));

        var ends = await group.WaitAsync(AssignmentState.Failed);
        Assert.All(ends, line => Assert.Equal((AssignmentFailureReason.Diverged, false), (line.Failure!.Reason, line.Failure.Retriable)));
    }

    [Fact]
    public async Task Post_CheckpointOfAnotherTraining_FailsForGood()
    {
        await using var group = await Group.StartAsync(1);
        await group.AssignAsync(rank => _folder.Describe(rank, 1, checkpoints: true));
        await group.WaitAsync(AssignmentState.Succeeded);
        await group.ResetAsync();

        var failed = (await group.AssignAsync(rank => _folder.Describe(rank, 1, program => program.Seed = 9, checkpoints: true, attempt: 2)))[0];

        Assert.Equal((AssignmentFailureReason.CheckpointMismatch, false), (failed.Failure!.Reason, failed.Failure.Retriable));
    }

    [Fact]
    public async Task Run_ModelCannotBeWritten_SaysSo()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Model, "model.json"));
        await using var group = await Group.StartAsync(1);

        await group.AssignAsync(rank => _folder.Describe(rank, 1));

        Assert.Equal(AssignmentFailureReason.StorageFailed, (await group.WaitAsync(AssignmentState.Failed))[0].Failure!.Reason);
    }

    [Fact]
    public async Task Delete_WaitingForOtherRanks_LeavesACleanWorker()
    {
        await using var group = await Group.StartAsync(1);
        var waiting = group.Workers[0].AssignAsync(_folder.Describe(0, 2));
        await group.WaitAsync(line => line.State == AssignmentState.Loading, ranks: [0]);

        await group.ResetAsync();
        await waiting.WaitAsync(Patience);

        // The port is free again, too.
        await group.AssignAsync(rank => _folder.Describe(rank, 1, attempt: 2));
        await group.WaitAsync(AssignmentState.Succeeded);
    }

    public static TheoryData<string, Action<TrainingAssignment>> Incomplete => new()
    {
        { "no builtin program", training => training.Spec.Program.Builtin = null },
        { "no output", training => training.Spec.Output = null },
        { "no token", training => training.Token = "" },
        { "no peers", training => training.Peers = [] },
        { "expected 0 to 0", training => training.Rank = 1 },
        { "no address:port", training => training.Peers = ["somewhere"] },
    };

    [Theory]
    [MemberData(nameof(Incomplete))]
    public async Task Post_Incomplete_IsRefused(string fault, Action<TrainingAssignment> spoil)
    {
        await using var worker = await TestWorker.StartAsync();
        var assignment = _folder.Describe(0, 1);
        spoil(assignment.Training!);

        using var response = await worker.PostAsync(assignment);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(fault, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>Checkpoints beyond the steps of the next run are of no use to it.</summary>
    private void KeepCheckpointsUntil(int step)
    {
        foreach (var path in Directory.GetFiles(_folder.Checkpoints))
        {
            if (int.Parse(Path.GetFileName(path).Split('-')[1]) > step)
                File.Delete(path);
        }
    }

    /// <summary>Workers, one for each rank.</summary>
    private sealed class Group : IAsyncDisposable
    {
        private Group(IReadOnlyList<TestWorker> workers) => Workers = workers;

        public IReadOnlyList<TestWorker> Workers { get; }

        public static async Task<Group> StartAsync(int count) => new(await Task.WhenAll(Enumerable.Range(0, count).Select(_ => TestWorker.StartAsync())));

        /// <summary>Assigns all at once; returns each one's last line.</summary>
        public async Task<AssignmentProgress[]> AssignAsync(Func<int, Assignment> describe) =>
            await Task.WhenAll(Workers.Select(async (worker, rank) => (await worker.AssignAsync(describe(rank)))[^1])).WaitAsync(Patience);

        public Task<AssignmentProgress[]> WaitAsync(AssignmentState state, int[]? ranks = null) => WaitAsync(line => line.State == state, ranks);

        public Task<AssignmentProgress[]> WaitAsync(Func<AssignmentProgress, bool> isSo, int[]? ranks = null) =>
            Task.WhenAll(Workers.Where((_, rank) => ranks?.Contains(rank) != false).Select(async worker =>
            {
                while (true)
                {
                    using var response = await worker.Control.GetAsync("/assignment");
                    if (response.StatusCode == HttpStatusCode.OK
                        && JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(), ApiJsonContext.Default.AssignmentProgress) is { } line && isSo(line))
                    {
                        return line;
                    }
                    await Task.Yield();
                }
            })).WaitAsync(Patience);

        /// <summary>Releases workers, which must be clean.</summary>
        public async Task ResetAsync(int[]? ranks = null)
        {
            foreach (var worker in Workers.Where((_, rank) => ranks?.Contains(rank) != false))
            {
                using var response = await worker.Control.DeleteAsync("/assignment");
                Assert.True(response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var worker in Workers)
                await worker.DisposeAsync();
        }
    }
}
