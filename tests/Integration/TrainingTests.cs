using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.TrainingJobs;
using Hearth.Api.Workers;
using Hearth.Testing;
using Xunit.Abstractions;

namespace Hearth.Integration.Tests;

/// <summary>Training jobs as users apply them, with real workers, and kill -9 on the way.</summary>
public sealed class TrainingTests(SplitCluster cluster, ITestOutputHelper output) : IClassFixture<SplitCluster>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hearth-training-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [KubectlFact]
    public async Task DigitsExample_WorkerAndOperatorKilledOnTheWay_GivesTheSameModelAsUndisturbed()
    {
        await ApplyAsync("digits", "training-job.yaml", text => text.Replace("epochs: 20", "epochs: 12", StringComparison.Ordinal));
        var undisturbed = await EndAsync("digits");
        Assert.Equal((ConditionStatus.True, 0), (Succeeded(undisturbed).Status, undisturbed.Status!.Restarts));
        Assert.InRange(undisturbed.Status.Accuracy!.Value, 0.93, 1);

        await ApplyAsync("digits", "training-job.yaml", text => text
            .Replace("epochs: 20", "epochs: 12", StringComparison.Ordinal)
            .Replace("name: digits", "name: killed", StringComparison.Ordinal)
            .Replace("/out/", "/killed/", StringComparison.Ordinal));
        await cluster.WaitForAsync<TrainingJob>("killed", job => job?.Status?.Step > 20, "some steps");
        SplitCluster.CrashWorker((await PodsOfAsync("killed"))[1]);
        await cluster.WaitForAsync<TrainingJob>("killed", job => job?.Status?.Restarts == 1, "a restart");
        await cluster.CrashOperatorAsync();
        await cluster.StartOperatorAsync();
        var killed = await EndAsync("killed");

        Report(undisturbed);
        Report(killed);
        Assert.Equal((ConditionStatus.True, 1), (Succeeded(killed).Status, killed.Status!.Restarts));
        Assert.Equal(undisturbed.Status.Model!.Sha256, killed.Status.Model!.Sha256);
        await cluster.WaitForEventAsync("killed", TrainingJobConditions.Restarting);
        await cluster.WaitForEventAsync("killed", TrainingJobConditions.Completed);

        // What was trained is served.
        await ApplyAsync("digits", "function.yaml");
        await cluster.WaitForAsync<InferenceFunction>("trained-digits", f => f?.Status?.Conditions?.Count > 0, "the operator to have seen it");
        var answer = await cluster.Http.GetStringAsync(cluster.Invoke("trained-digits", "v2/models/trained-digits"));
        Assert.Contains("\"probabilities\"", answer, StringComparison.Ordinal);
    }

    [KubectlFact]
    public async Task ContainerExample_Applied_SucceedsAndItsLogsStay()
    {
        await ApplyAsync("container", "training-job.yaml");

        var job = await EndAsync("sum");

        Assert.Equal((ConditionStatus.True, TrainingJobConditions.Completed), (Succeeded(job).Status, Succeeded(job).Reason));
        var pods = await PodsOfAsync("sum");
        Assert.Equal(3, pods.Count);
        foreach (var pod in pods)
        {
            using var log = new StreamReader(await cluster.Client.ReadLogAsync(pod.Name(), "default"));
            Assert.Contains("step 4: 15", await log.ReadToEndAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Container_ExitsOtherwise_IsStartedAnewUntilTheLimit()
    {
        await cluster.Client.CreateAsync(new MakeTrainingJob("failing")
            .Workers(2).Container("any", "sh", "-c", "test $RANK = 0 && exec sleep 60; exit 3").RunPolicy(new() { BackoffLimit = 1, CleanPodPolicy = CleanPodPolicy.All }).Build());

        var job = await EndAsync("failing");

        Assert.Equal((ConditionStatus.False, TrainingJobConditions.BackoffLimitExceeded, 1), (Succeeded(job).Status, Succeeded(job).Reason, job.Status!.Restarts));
        Assert.Contains("exited with code 3", Succeeded(job).Message, StringComparison.Ordinal);
        foreach (var pod in await PodsOfAsync("failing"))
            await cluster.WaitForAsync<V1Pod>(pod.Name(), p => p is null, "gone");
    }

    [Fact]
    public async Task Dataset_Missing_IsExplainedAndNotTriedAgain()
    {
        await cluster.Client.CreateAsync(new MakeTrainingJob("missing").Workers(2).Build());

        var job = await EndAsync("missing");

        Assert.Equal((ConditionStatus.False, AssignmentFailureReason.ArtifactNotFound, 0), (Succeeded(job).Status, Succeeded(job).Reason, job.Status!.Restarts));
        Assert.Contains("'/data/images' does not exist", Succeeded(job).Message, StringComparison.Ordinal);
        await cluster.WaitForEventAsync("missing", AssignmentFailureReason.ArtifactNotFound);
    }

    [SharedDataFact]
    public async Task Mnist_ThreeWorkers_ReachTheAccuracy()
    {
        await cluster.Client.CreateAsync(new MakeTrainingJob("mnist").Workers(3).With(job =>
        {
            job.Spec.Program.Builtin = new()
            {
                Architecture = new() { Hidden = [128], Scale = 1 / 255.0 },
                Dataset = new() { Train = Files("train"), Test = Files("t10k") },
                Optimizer = new() { LearningRate = 0.002 },
                BatchSize = 96,
                Epochs = 8,
            };
            job.Spec.Output = new() { Uri = $"file://{_folder}/mnist" };
        }).Build());

        var ended = await EndAsync("mnist");

        Report(ended);
        Assert.InRange(ended.Status!.Accuracy!.Value, 0.93, 1);

        static DatasetSource Files(string name) => new()
        {
            Images = $"file://{SharedData.PathOf($"mnist10k/{name}-images-idx3-ubyte.gz")}",
            Labels = $"file://{SharedData.PathOf($"mnist10k/{name}-labels-idx1-ubyte.gz")}",
        };
    }

    private static V1Condition Succeeded(TrainingJob job) => job.Status!.Conditions!.Single(c => c.Type == TrainingJobConditions.Succeeded);

    private async Task<TrainingJob> EndAsync(string name) =>
        (await cluster.WaitForAsync<TrainingJob>(name, job => job?.Status?.CompletionTime is not null, "its end"))!;

    private async Task<IReadOnlyList<V1Pod>> PodsOfAsync(string job) =>
        (await cluster.Client.ListAsync<V1Pod>("default", new() { LabelSelector = $"{HearthLabels.TrainingJob}={job}" })).Items;

    /// <summary>Applies an example as its README says, but that it writes to a folder of the test.</summary>
    private async Task ApplyAsync(string example, string file, Func<string, string>? change = null)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Cluster.Repository, "examples", "training", example, file));
        text = change?.Invoke(text) ?? text;
        foreach (var written in new[] { "out", "killed" })
            text = text.Replace($"/examples/training/{example}/{written}/", $"{_folder}/{written}/", StringComparison.Ordinal);
        var manifest = Path.Combine(_folder, file);
        await File.WriteAllTextAsync(manifest, text);
        await using var kubectl = HearthProcess.StartProgram("kubectl", "--kubeconfig", cluster.Kubeconfig, "apply", "-f", manifest);
        Assert.True(await kubectl.WaitForExitAsync() == 0, kubectl.Output);
    }

    private void Report(TrainingJob job) => output.WriteLine(
        $"{job.Name()}: {job.Status!.Step} steps, accuracy {job.Status.Accuracy}, {job.Status.Restarts} restarts, {(job.Status.CompletionTime - job.Status.StartTime)?.TotalSeconds} s");
}
