using System.Globalization;
using Hearth.Api.FederatedAggregations;
using Hearth.Cli.Demos.Digits;
using Hearth.Cli.Demos.Serving;
using Hearth.Cli.Local;
using Hearth.Compute.Cpu;
using Hearth.Federation.Client;
using Hearth.Training.Datasets;

namespace Hearth.Cli.Demos.Federated;

/// <summary>Shows a model that clients train together, each on digits that it keeps, and serves it.</summary>
internal sealed class FederatedDemo(FederatedDemoOptions options, DemoStage stage) : IDisposable
{
    private const string Name = "federated";
    private const string Pool = "demo";

    // One more than aggregate: the model is served by it.
    private const int Warm = FederatedManifests.Aggregators + 1;
    private const double Concentration = 0.3;
    private const double Million = 1e6;
    private const ulong Seed = 7;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hearth-demo-federated-");
    private readonly CpuAccelerator _accelerator = new();

    /// <summary>Runs the demo to its end.</summary>
    /// <exception cref="CommandException">Something did not go as it should, or the model learned too little.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        var digits = DigitSource.Resolve(options.Data, _folder.FullName);
        var heldOut = digits.Files.ReadHeldOut();
        stage.Screen.Say($"{digits.Origin}; {heldOut.Count} are held out");
        var shards = Deal(digits.Files.ReadTraining());
        await WarmAsync(cancel);
        var (federation, run, took) = await FederateAsync(shards, heldOut, cancel);
        var accuracies = run.Accuracies;
        Show(federation.Status!, run, took);
        await ServeAsync(federation.Status!, heldOut, cancel);
        if (options.Report is { } report)
            MakeReport(federation.Status!, run, took).Write(report);
        Require(accuracies[^1]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _accelerator.Dispose();
        _folder.Delete(recursive: true);
    }

    private List<Dataset> Deal(Dataset training)
    {
        stage.Screen.Step($"{options.Clients} clients, each with digits of its own");
        if (options.Clients > training.Count)
            throw new CommandException($"--clients {options.Clients} is more than the {training.Count} digits there are.");
        var shards = DirichletPartition.Split(training, options.Clients, Concentration, Seed).Select(training.Take).ToList();
        stage.Screen.Say($"{"",-9} {"digits",6}  {string.Concat(training.Classes)}  (Dirichlet, {Concentration.ToString(CultureInfo.InvariantCulture)})");
        foreach (var (shard, i) in shards.Select((shard, i) => (shard, i)))
            stage.Screen.Say(string.Create(CultureInfo.InvariantCulture, $"{ClientCrowd.NameOf(i),-9} {shard.Count,6}  {TextPlot.Histogram(CountLabels(shard))}"));
        return shards;
    }

    private async Task WarmAsync(CancellationToken cancel)
    {
        stage.Screen.Step($"a pool of {Warm} warm workers");
        await stage.Objects.ApplyAsync(LocalCluster.MakePool(Pool, Warm), cancel);
        await new PoolControl(stage.Cluster.Client, stage.Time).WaitForCalmAsync(Pool, Warm, cancel);
    }

    private async Task<(FederatedAggregation Federation, FederatedRun Run, TimeSpan Took)> FederateAsync(
        IReadOnlyList<Dataset> shards, Dataset heldOut, CancellationToken cancel)
    {
        stage.Screen.Step($"apply a FederatedAggregation: {options.Rounds} rounds");
        var url = new Uri(stage.Cluster.Gateway, $"/federations/{DemoObjects.Namespace}/{Name}");
        using var crowd = new ClientCrowd(stage.Http, url, shards, stage.Time);
        var models = new FederationClient(stage.Http, url, new(), new(), stage.Time);
        var run = new FederatedRun(stage.Cluster.Client, Name, models, new(_accelerator, heldOut), stage.Time);
        var started = stage.Time.GetTimestamp();
        var output = Path.Combine(_folder.FullName, "federation");
        await stage.Objects.ApplyAsync(FederatedManifests.MakeFederation(Name, Pool, options.Clients, options.Rounds, output), cancel);
        FederatedAggregation? federation = null;
        await stage.Screen.WatchAsync(run.RenderAsync, async () => federation = await TogetherAsync(run, crowd, cancel), cancel);
        return (federation!, run, stage.Time.GetElapsedTime(started));
    }

    /// <summary>Follows the federation while its clients work; when either fails, both end.</summary>
    private static async Task<FederatedAggregation> TogetherAsync(FederatedRun run, ClientCrowd crowd, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var following = run.FollowAsync(stop.Token);
        var working = crowd.RunAsync(stop.Token);
        try
        {
            await foreach (var ended in Task.WhenEach(following, working))
                await ended;
            return await following;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(following, working).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Show(FederatedAggregationStatus status, FederatedRun run, TimeSpan took)
    {
        foreach (var line in TreePlot.Draw(run.Tree))
            stage.Screen.Say(line);
        stage.Screen.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{run.Accuracies.Count} rounds in {took.TotalSeconds:0.0} s, {status.Updates.Received} updates received, {status.Updates.Folded} folded, {status.Updates.Rejected} rejected"));
        stage.Screen.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{status.BytesOnNode / Million:0.0} MB stayed on their node, {status.BytesAcross / Million:0.0} MB crossed to another; {status.WorkerReuses} places of the trees filled by workers that were there, {status.WorkerStarts} by new ones"));
    }

    private Task<double> ServeAsync(FederatedAggregationStatus status, Dataset heldOut, CancellationToken cancel) => status.Model?.Uri is { } uri
        ? new ServedDigits(stage).ShowAsync(Name, Pool, uri, heldOut, cancel)
        : throw new CommandException($"federation \"{Name}\" succeeded, but its status names no model.");

    private static FederatedReport MakeReport(FederatedAggregationStatus status, FederatedRun run, TimeSpan took) => new()
    {
        Rounds = run.Accuracies.Count,
        AccuracyPerRound = run.Accuracies,
        UpdatesReceived = status.Updates.Received,
        UpdatesFolded = status.Updates.Folded,
        Seconds = took.TotalSeconds,
        Tree = run.Tree.Slots,
        BytesOnNode = status.BytesOnNode,
        BytesAcross = status.BytesAcross,
        WorkerStarts = status.WorkerStarts,
        WorkerReuses = status.WorkerReuses,
    };

    private void Require(double accuracy)
    {
        if (accuracy < options.MinAccuracy)
        {
            throw new CommandException(string.Create(
                CultureInfo.InvariantCulture, $"the model reads {accuracy:0.000} of the held-out digits rightly; {options.MinAccuracy:0.000} were expected after {options.Rounds} rounds."));
        }
    }

    private static int[] CountLabels(Dataset digits)
    {
        var counts = new int[digits.Classes.Length];
        for (var i = 0; i < digits.Count; i++)
            counts[digits.Label(i)]++;
        return counts;
    }
}
