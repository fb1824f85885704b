using System.Globalization;
using Hearth.Api.TrainingJobs;
using Hearth.Cli.Demos.Digits;
using Hearth.Cli.Demos.Serving;
using Hearth.Cli.Local;
using Hearth.Training.Datasets;

namespace Hearth.Cli.Demos.Training;

/// <summary>Shows a training job on several workers, one of which is killed, and serves what it learned.</summary>
internal sealed class TrainingDemo(TrainingDemoOptions options, DemoStage stage) : IDisposable
{
    private const string Name = "training";
    private const string Pool = "demo";
    private const int Workers = 3;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hearth-demo-training-");

    /// <summary>Runs the demo to its end.</summary>
    /// <exception cref="CommandException">Something did not go as it should, or the model learned too little.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        var digits = DigitSource.Resolve(options.Data, _folder.FullName);
        var heldOut = digits.Files.ReadHeldOut();
        stage.Screen.Say($"{digits.Origin}; {heldOut.Count} are held out");
        await WarmAsync(cancel);
        var (job, losses, took) = await TrainAsync(digits.Files, cancel);
        var accuracy = job.Status!.Accuracy ?? 0;
        Show(job.Status, took);
        var served = await ServeAsync(job, heldOut, cancel);
        if (options.Report is { } report)
            MakeReport(job.Status, losses, took).Write(report);
        Require(accuracy, served);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private async Task WarmAsync(CancellationToken cancel)
    {
        stage.Screen.Step($"a pool of {Workers} warm workers");
        await stage.Objects.ApplyAsync(LocalCluster.MakePool(Pool, Workers), cancel);
        await new PoolControl(stage.Cluster.Client, stage.Time).WaitForCalmAsync(Pool, Workers, cancel);
    }

    private async Task<(TrainingJob Job, LossCurve Losses, TimeSpan Took)> TrainAsync(DigitFiles digits, CancellationToken cancel)
    {
        stage.Screen.Step($"apply a TrainingJob of {options.Steps} steps on {Workers} workers; one of them gets killed");
        var run = new TrainingRun(stage.Cluster.Client, Name, stage.Time);
        var started = stage.Time.GetTimestamp();
        await stage.Objects.ApplyAsync(TrainingManifests.MakeJob(Name, Pool, Workers, options.Steps, digits, _folder.FullName), cancel);
        TrainingJob? job = null;
        await stage.Screen.WatchAsync(run.RenderAsync, async () => job = await run.FollowAsync(cancel), cancel);
        return (job!, run.Losses, stage.Time.GetElapsedTime(started));
    }

    private void Show(TrainingJobStatus status, TimeSpan took) => stage.Screen.Say(string.Create(
        CultureInfo.InvariantCulture,
        $"{status.Step} steps in {took.TotalSeconds:0.0} s, {status.Restarts} restart(s), held-out accuracy {status.Accuracy * 100:0.0} %"));

    private Task<double> ServeAsync(TrainingJob job, Dataset heldOut, CancellationToken cancel) => job.Status!.Model?.Uri is { } uri
        ? new ServedDigits(stage).ShowAsync(Name, Pool, uri, heldOut, cancel)
        : throw new CommandException($"job \"{Name}\" succeeded, but its status names no model.");

    private static TrainingReport MakeReport(TrainingJobStatus status, LossCurve losses, TimeSpan took) => new()
    {
        Steps = status.Step ?? 0,
        LossCurve = losses.Points,
        Accuracy = status.Accuracy ?? 0,
        Restarts = status.Restarts,
        Seconds = took.TotalSeconds,
    };

    private void Require(double accuracy, double served)
    {
        if (accuracy < options.MinAccuracy)
        {
            throw new CommandException(string.Create(
                CultureInfo.InvariantCulture, $"the model reads {accuracy:0.000} of the held-out digits rightly; {options.MinAccuracy:0.000} were expected after {options.Steps} steps."));
        }
        if (Math.Abs(accuracy - served) > 0.002)
        {
            throw new CommandException(string.Create(
                CultureInfo.InvariantCulture, $"the function reads {served:0.000} of the held-out digits rightly, the job said {accuracy:0.000}: it does not serve what was trained."));
        }
    }
}
