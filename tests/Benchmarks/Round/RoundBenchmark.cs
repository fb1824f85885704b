using Hearth.Api.FederatedAggregations;
using Hearth.Api.Models;
using Hearth.Api.Workers;

namespace Hearth.Benchmarks.Round;

/// <summary>What leaves that fold as updates come are worth against one aggregator that folds at the round's end.</summary>
/// <remarks>
/// Both are real <c>hearth worker</c> processes of the same build on this machine, with the same updates, clients and output directory, one after the other. A
/// node is a folder of /dev/shm of its own. The tree acknowledges what lies in the memory of a node and is journaled, the one alone what lies on the disk:
/// that difference is theirs, and is measured with the rest.
/// </remarks>
internal sealed class RoundBenchmark(string hearth, TimeProvider time) : IBenchmark
{
    private const double Ratio = 2;
    private const double MostModels = 3;
    private static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(20);

    private readonly RoundSize _size = RoundSize.FromEnvironment();

    public string Name => "round";

    public string Question =>
        $"a round of {_size.Updates} updates of {_size.ModelBytes / 1e6:0.0} MB, {(_size.Rate == 0 ? "8 at a time" : $"{_size.Rate} a second")}: {_size.Nodes} nodes with a leaf each that fold as they come, against one aggregator that folds at the end";

    public async Task<BenchmarkRow> RunAsync(CancellationToken cancel)
    {
        var lazy = await PlayAsync(nodes: 0, cancel);
        var eager = await PlayAsync(_size.Nodes, cancel);
        var speedup = lazy.Total / eager.Total;
        return new(
            [
                ("speedup", speedup),
                ("tailSpeedup", lazy.Tail / eager.Tail),
                ("peakMemoryOverModel", eager.OwnOverModel),
                ("shareOverModel", eager.ShareOverModel),
                ("treeSeconds", eager.Total.TotalSeconds),
                ("treeTailSeconds", eager.Tail.TotalSeconds),
                ("flatSeconds", lazy.Total.TotalSeconds),
                ("flatTailSeconds", lazy.Tail.TotalSeconds),
                ("flatPeakOverModel", lazy.OwnOverModel),
            ],
            [
                ($"from the first update to the model {Ratio:0} times faster than flat and lazy", speedup >= Ratio),
                ($"no aggregator takes more than {MostModels:0} models of memory", eager.OwnOverModel <= MostModels),
                ($"from the last update to the model {Ratio:0} times faster than flat and lazy", lazy.Tail / eager.Tail >= Ratio),
            ])
        {
            PartsName = "aggregators",
            Parts = [PartOf("flat", lazy), PartOf("tree", eager)],
        };
    }

    private static BenchmarkPart PartOf(string name, RoundResult result) =>
        new(name, [.. result.Aggregators.Select((one, i) => (i == 0 ? "top" : $"leaf-{i}", new (string, double)[] { ("assignedOverModel", one.Assigned), ("peakOverModel", one.Peak) }))]);

    private async Task<RoundResult> PlayAsync(int nodes, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("hearth-round-");
        var memory = Directory.CreateDirectory($"/dev/shm/{folder.Name}");
        List<AggregatorProcess> workers = [];
        try
        {
            var slots = await StartAsync(nodes, folder.FullName, memory.FullName, workers, cancel);
            using var senders = new UpdateSenders(workers[0].Address, slots, time);
            return await PlayAsync(workers, senders, cancel);
        }
        finally
        {
            foreach (var worker in workers)
                await worker.DisposeAsync();
            folder.Delete(recursive: true);
            memory.Delete(recursive: true);
        }
    }

    private async Task<Dictionary<string, PlannedAggregator>> StartAsync(int nodes, string folder, string memory, List<AggregatorProcess> workers, CancellationToken cancel)
    {
        var slots = new Dictionary<string, PlannedAggregator>(StringComparer.Ordinal);
        for (var i = 0; i <= nodes; i++)
        {
            var (slot, node) = (i == 0 ? "top" : $"leaf-{i}", $"node-{Math.Max(1, i)}");
            var worker = await AggregatorProcess.StartAsync(hearth, folder, nodes == 0 ? null : Path.Combine(memory, node), foldsLate: nodes == 0, time, cancel);
            workers.Add(worker);
            slots[slot] = new() { Slot = slot, Pod = slot, Node = node, Address = worker.Address, AssignmentId = slot, Parent = i == 0 ? null : "top" };
            await worker.AssignAsync(Describe(slot, folder, isAlone: nodes == 0), cancel);
        }
        if (nodes > 0)
            await workers[0].PlanAsync(new() { Version = 1, Aggregators = [.. slots.Values] }, cancel);
        return slots;
    }

    private async Task<RoundResult> PlayAsync(List<AggregatorProcess> workers, UpdateSenders senders, CancellationToken cancel)
    {
        var urls = await senders.JoinAsync(_size.Updates, cancel);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var sampling = SampleAsync(workers, over.Token);
        var started = time.GetTimestamp();
        await senders.SendAsync(urls, _size.Rate, cancel);
        var sent = time.GetTimestamp();
        await senders.FinishAsync(cancel);
        var ended = time.GetTimestamp();
        await over.CancelAsync();
        var share = await sampling;
        return new(time.GetElapsedTime(started, ended), time.GetElapsedTime(sent, ended), [.. workers.Select(worker => (worker.AssignedBytes / (double)_size.ModelBytes, worker.PeakBytes / (double)_size.ModelBytes))], share / (double)_size.ModelBytes);
    }

    private async Task<long> SampleAsync(List<AggregatorProcess> workers, CancellationToken over)
    {
        long most = 0;
        while (!over.IsCancellationRequested)
        {
            workers.ForEach(worker => worker.Sample());
            foreach (var share in workers.Select(worker => worker.Share).OfType<string>().Distinct())
                most = Math.Max(most, Used(share));
            await Task.Delay(SampleEvery, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return most;
    }

    private static long Used(string share)
    {
        long bytes = 0;
        foreach (var path in Directory.EnumerateFiles(share, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            var file = new FileInfo(path);
            bytes += file.Exists ? file.Length : 0;
        }
        return bytes;
    }

    private Assignment Describe(string slot, string folder, bool isAlone) => new()
    {
        Id = slot,
        Role = WorkerRole.Aggregator,
        Namespace = "default",
        Name = "round",
        Uid = "round",
        Aggregator = isAlone ? null : new() { Slot = slot, Token = "among-us" },
        Federation = new FederatedAggregationSpec
        {
            Architecture = new()
            {
                Kind = ArchitectureKind.Mlp,
                InputShape = [RoundSize.Inputs],
                Hidden = [_size.Hidden],
                Classes = [.. Enumerable.Range(0, RoundSize.Classes).Select(i => $"{i}")],
            },
            Rounds = 1,
            Clients = new() { MinPerRound = _size.Updates, MaxPerRound = _size.Updates, RoundTimeout = TimeSpan.FromMinutes(20) },
            Output = new() { Uri = $"file://{folder}/out" },
        },
    };
}
