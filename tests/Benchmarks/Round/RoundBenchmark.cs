using System.Globalization;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Models;
using Hearth.Api.Workers;

namespace Hearth.Benchmarks.Round;

/// <summary>What leaves that fold as updates come are worth against one aggregator that folds at the round's end.</summary>
/// <remarks>
/// All are real <c>hearth worker</c> processes of the same build on this machine, with the same updates, digests, clients and output directory, one after the
/// other; every one of them hashes and checks an update before it acknowledges it. A node has one core, to which its aggregators are bound, and a folder
/// of <see cref="NodeMemory"/> of its own: a tree is there to use more nodes than one. Clients run on all cores, and so on those that the one alone leaves idle. How much is the
/// tree's own, and not its cores', <c>sameCoresSpeedup</c> tells, against one aggregator alone that has as many cores as the tree has nodes.
/// <para>The second of two rounds is measured, as it is for a federation of many: the first one compiles what the processes run, and takes the memory that each
/// round uses again.</para>
/// <para>The tree acknowledges what lies in the memory of a node and is journaled, the one alone what lies on the disk: that difference is theirs, and is
/// measured with the rest. The one alone is lazy in folding only, and is there from the start: a lazy serverless system would also start it at the end and have
/// it receive and check everything again, from a broker.</para>
/// </remarks>
internal sealed class RoundBenchmark(string hearth, TimeProvider time) : IBenchmark
{
    private const double Ratio = 2;
    private const double MostModels = 3;
    private static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(20);

    private readonly RoundSize _size = RoundSize.FromEnvironment();

    public string Name => "round";

    public string Question =>
        $"a round of {_size.Updates} updates of {_size.ModelBytes / 1e6:0.0} MB, {(_size.Rate == 0 ? "8 at a time" : $"{_size.Rate} a second")}: {_size.Nodes} nodes of a core with a leaf each that fold as they come, against one aggregator that folds at the end, on one such node and with all their cores";

    public async Task<BenchmarkRow> RunAsync(CancellationToken cancel)
    {
        var cores = Cores();
        if (cores.Length < _size.Nodes)
            throw new InvalidOperationException($"{_size.Nodes} nodes of a core each need as many cores, and this process may use {cores.Length}: set ROUND_NODES.");
        var flat = await PlayAsync(nodes: 0, cores[..1], cancel);
        var wide = await PlayAsync(nodes: 0, cores[.._size.Nodes], cancel);
        var tree = await PlayAsync(_size.Nodes, cores, cancel);
        var speedup = flat.Total / tree.Total;
        var (few, many, starts) = (RoundPlans.NodesFor(20), RoundPlans.NodesFor(100), RoundPlans.Starts());
        return new(
            [
                ("speedup", speedup),
                ("tailSpeedup", flat.Tail / tree.Tail),
                ("sameCoresSpeedup", wide.Total / tree.Total),
                ("sameCoresTailSpeedup", wide.Tail / tree.Tail),
                ("peakMemoryOverModel", tree.OwnOverModel),
                ("shareOverModel", tree.ShareOverModel),
                ("treeSeconds", tree.Total.TotalSeconds),
                ("treeTailSeconds", tree.Tail.TotalSeconds),
                ("flatSeconds", flat.Total.TotalSeconds),
                ("flatTailSeconds", flat.Tail.TotalSeconds),
                ("flatSameCoresSeconds", wide.Total.TotalSeconds),
                ("flatSameCoresTailSeconds", wide.Tail.TotalSeconds),
                ("flatPeakOverModel", flat.OwnOverModel),
                ("nodesFor20", few),
                ("nodesFor100", many),
                ("startsAnew", starts.Anew),
                ("startsReusing", starts.Reusing),
            ],
            [
                ($"from the first update to the model {Ratio:0} times faster than flat and lazy on one node", speedup >= Ratio),
                ($"from the last update to the model {Ratio:0} times faster, even where that one has the cores of all nodes", wide.Tail / tree.Tail >= Ratio),
                ($"no aggregator takes more than {MostModels:0} models of memory", tree.OwnOverModel <= MostModels),
                ("20 updates meet on one node, and 100 on five", few == 1 && many == 5),
                ("rounds of 20, 60, 100, 60 and 20 updates start no more workers than the largest needs", starts.Reusing == RoundPlans.Most),
            ])
        {
            PartsName = "aggregators",
            Parts = [PartOf("flat", flat), PartOf("flatSameCores", wide), PartOf("tree", tree)],
        };
    }

    /// <summary>The cores that this process may use.</summary>
    private static string[] Cores()
    {
        var ranges = File.ReadLines("/proc/self/status").Single(l => l.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split('\t')[1].Split(',');
        return [.. ranges.Select(range => range.Split('-').Select(core => int.Parse(core, CultureInfo.InvariantCulture)).ToArray()).SelectMany(range => Enumerable.Range(range[0], range[^1] - range[0] + 1))
            .Select(core => core.ToString(CultureInfo.InvariantCulture))];
    }

    private static BenchmarkPart PartOf(string name, RoundResult result) => new(
        name,
        [
            .. result.Aggregators.Select((one, i) => (
                i == 0 ? "top" : $"leaf-{i}",
                new (string, double)[] { ("cpuSeconds", one.Cpu.TotalSeconds), ("assignedOverModel", one.Assigned), ("peakOverModel", one.Peak) })),
            ("clients", [("cpuSeconds", result.ClientsCpu.TotalSeconds)]),
        ]);

    private async Task<RoundResult> PlayAsync(int nodes, string[] cores, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("hearth-round-");
        var memory = Directory.CreateDirectory(Path.Combine(NodeMemory.Folder, folder.Name));
        List<AggregatorProcess> workers = [];
        try
        {
            var slots = await StartAsync(nodes, cores, folder.FullName, memory.FullName, workers, cancel);
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

    private async Task<Dictionary<string, PlannedAggregator>> StartAsync(
        int nodes, string[] cores, string folder, string memory, List<AggregatorProcess> workers, CancellationToken cancel)
    {
        var slots = new Dictionary<string, PlannedAggregator>(StringComparer.Ordinal);
        for (var i = 0; i <= nodes; i++)
        {
            var (slot, node) = (i == 0 ? "top" : $"leaf-{i}", $"node-{Math.Max(1, i)}");
            var worker = await AggregatorProcess.StartAsync(
                hearth, folder, nodes == 0 ? null : Path.Combine(memory, node), nodes == 0 ? string.Join(',', cores) : cores[Math.Max(0, i - 1)], foldsLate: nodes == 0, time, cancel);
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
        await senders.JoinAsync(_size.Updates, cancel);
        await senders.MakeUpdatesAsync(cancel);
        await senders.SendAsync(await senders.AskAsync(_size.Updates, cancel), rate: 0, cancel);
        var urls = await senders.AskAsync(_size.Updates, cancel);
        workers.ForEach(worker => worker.ResetCpu());
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var sampling = SampleAsync(workers, over.Token);
        var (started, clients) = (time.GetTimestamp(), ProcessClockNative.Cpu(Environment.ProcessId));
        await senders.SendAsync(urls, _size.Rate, cancel);
        var sent = time.GetTimestamp();
        await senders.FinishAsync(cancel);
        var ended = time.GetTimestamp();
        clients = ProcessClockNative.Cpu(Environment.ProcessId) - clients;
        var cpu = workers.Select(worker => worker.Cpu).ToArray();
        await over.CancelAsync();
        var share = await sampling;
        return new(
            time.GetElapsedTime(started, ended),
            time.GetElapsedTime(sent, ended),
            [.. workers.Select((worker, i) => (worker.AssignedBytes / (double)_size.ModelBytes, worker.PeakBytes / (double)_size.ModelBytes, cpu[i]))],
            share / (double)_size.ModelBytes,
            clients);
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
            Rounds = 2,
            Clients = new() { MinPerRound = _size.Updates, MaxPerRound = _size.Updates, RoundTimeout = TimeSpan.FromMinutes(20) },
            Output = new() { Uri = $"file://{folder}/out" },
        },
    };
}
