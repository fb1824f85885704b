using Hearth.Cli.Simulation;
using Hearth.Policies.Placement;
using Hearth.Testing;

namespace Hearth.Benchmarks.Placement;

/// <summary>What placement saves: GPUs that nobody can use, and artifacts that cross nodes.</summary>
/// <remarks>
/// Fragmentation: pods drawn from the 2023 trace fill its cluster to 1.2 times its GPUs, the same pods in the same order for both; measured is the mean
/// over the filling. Bytes: each cold start of the GenAI trace claims a worker of a pool over 16 nodes; spreading is the same order without the artifacts.
/// </remarks>
internal sealed class PlacementBenchmark : IBenchmark
{
    private const int Seed = 11;
    private const double FillTo = 1.2;
    private const double BytesGoal = 2;

    // The demands that make up this share of the pods stand for the workload, as in the paper's typical pods.
    private const double TypicalShare = 0.95;

    public string Name => "placement";

    public string Question => "GPU fragmentation against best fit, and bytes that cross nodes against spreading";

    public Task<BenchmarkRow> RunAsync(CancellationToken cancel)
    {
        var (ours, allocated) = Fill(byFragmentation: true, cancel);
        var (bestFit, bestAllocated) = Fill(byFragmentation: false, cancel);
        var claims = Replay(byArtifact: true);
        var spread = Replay(byArtifact: false);
        var bytes = spread.Bytes / claims.Bytes;
        return Task.FromResult(new BenchmarkRow(
            [
                ("bytesRatio", bytes), ("fragmentationRatio", ours / bestFit), ("fragmentation", ours), ("bestFitFragmentation", bestFit),
                ("allocated", allocated), ("bestFitAllocated", bestAllocated), ("claims", claims.Claims), ("missedArtifacts", claims.Missed),
                ("spreadMissedArtifacts", spread.Missed),
            ],
            [
                ($"{BytesGoal:0} times fewer bytes than spreading", bytes >= BytesGoal),
                ("fragmentation no more than best fit's", ours <= bestFit),
                ("a claim lands where the artifact is whenever a worker is idle there", claims.Missed == 0),
            ]));
    }

    private static (double Fragmentation, double Allocated) Fill(bool byFragmentation, CancellationToken cancel)
    {
        var pods = ReadPods();
        var cluster = new GpuCluster(ReadNodes(), new(Typical(pods)));
        var random = new Random(Seed);
        var (sum, count, arrived) = (0.0, 0, 0.0);
        while (arrived < FillTo * cluster.Capacity)
        {
            cancel.ThrowIfCancellationRequested();
            var pod = pods[random.Next(pods.Count)];
            arrived += pod.Gpus * pod.GpuMilli;
            cluster.Place(pod, byFragmentation);
            sum += cluster.Fragmentation;
            count++;
        }
        return (sum / count, cluster.Allocated / (double)cluster.Capacity);
    }

    private static ArtifactClaims Replay(bool byArtifact)
    {
        var trace = TraceReader.Read(
            SharedData.PathOf("traces/alibaba-genai-lora-requests-first-part.csv"), "alibaba-genai", TraceFormat.Known["alibaba-genai"]);
        var claims = new ArtifactClaims(trace, byArtifact);
        claims.Run();
        return claims;
    }

    private static List<(ResourceDemand Demand, double Share)> Typical(IReadOnlyList<ResourceDemand> pods)
    {
        var typical = new List<(ResourceDemand Demand, double Share)>();
        var least = TypicalShare * pods.Count;
        var covered = 0;
        foreach (var same in pods.GroupBy(p => p).OrderByDescending(g => g.Count()))
        {
            typical.Add((same.Key, same.Count()));
            covered += same.Count();
            if (covered >= least)
                break;
        }
        return [.. typical.Select(t => (t.Demand, t.Share / covered))];
    }

    private static List<ResourceDemand> ReadPods()
    {
        // One list of types for each text, so that equal demands are equal.
        var types = new Dictionary<string, string[]>();
        return ReadTable("traces/alibaba-gpu-2023-pods.csv", table =>
        {
            var spec = table.Text(table.Index("gpu_spec"));
            if (!types.TryGetValue(spec, out var named))
                types[spec] = named = spec.Split('|', StringSplitOptions.RemoveEmptyEntries);
            return new ResourceDemand(
                Number(table, "cpu_milli"), Number(table, "memory_mib"), (int)Number(table, "num_gpu"), (int)Number(table, "gpu_milli"), named);
        });
    }

    private static List<NodeResources> ReadNodes() => ReadTable("traces/alibaba-gpu-2023-nodes.csv", table => new NodeResources(
        table.Text(table.Index("sn")), Number(table, "cpu_milli"), Number(table, "memory_mib"),
        [.. Enumerable.Repeat(NodeResources.WholeGpu, (int)Number(table, "gpu"))], table.Text(table.Index("model"))));

    private static List<T> ReadTable<T>(string file, Func<CsvTable, T> read)
    {
        using var reader = new StreamReader(SharedData.PathOf(file));
        var table = new CsvTable(file, reader);
        var rows = new List<T>();
        while (table.MoveNext())
            rows.Add(read(table));
        return rows;
    }

    private static long Number(CsvTable table, string column) => (long)table.Number(table.Index(column), 0);
}
