using System.Globalization;
using System.Text.Json.Nodes;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.WorkerPools;
using Hearth.Benchmarks.ColdStart;
using Hearth.Cli.Demos;
using Hearth.Cli.Local;
using Hearth.Federation.Client;
using Hearth.Policies.Aggregation;

namespace Hearth.Benchmarks.Clients;

/// <summary>How many rounds of a thousand updates a federation of ten thousand clients does, and how long its tree takes to plan.</summary>
/// <remarks>
/// A cluster as <c>hearth up</c> starts it, in a process of its own, its workers processes too; every request goes through the gateway, and an update is
/// answered when it is on the disk and in the journal. Lots choose a thousand for each round, and all ten thousand ask in turn whether they are among them, so that
/// a round is ten thousand questions beside its updates. The same clients meet one aggregator alone and a tree, one after the other. They have their updates at
/// hand and fetch no model, so that all the time is the federation's. On one machine a tree has no more cores than one aggregator has.
/// </remarks>
internal sealed class ClientsBenchmark(string hearth, TimeProvider time) : IBenchmark
{
    private const string Namespace = "default";
    private const string Pool = "clients";
    private const int Clients = 10_000;
    private const int PerRound = 1000;
    private const int Leaves = 2;
    private const int Warmup = 3;
    private const int Rounds = 8;
    private const int Nodes = 500;
    private const int Plans = 50;
    private const double PlanWithinMs = 20;

    // 784 inputs, 32 hidden, 10 classes: 25,450 weights, which are 102 KB.
    private const int Hidden = 32;

    public string Name => "clients";

    public string Question => "rounds of 1,000 updates of 100 KB a second with 10,000 clients, by a tree and by one aggregator; and planning for 10,000 updates";

    public async Task<BenchmarkRow> RunAsync(CancellationToken cancel)
    {
        var plan = MeasurePlan();
        var output = Directory.CreateTempSubdirectory("hearth-bench-clients-");
        try
        {
            await using var cluster = await HearthUp.StartAsync(hearth, time, cancel);
            await cluster.Client.ApplyAsync<WorkerPool>(LocalCluster.MakePool(Pool, Leaves + 1), cancel: cancel);
            await new PoolControl(cluster.Client, time).WaitForCalmAsync(Pool, Leaves + 1, cancel);
            var (flat, joins) = await MeasureAsync(cluster, "flat", "One", output.FullName, cancel);
            var (tree, _) = await MeasureAsync(cluster, "tree", "Two", output.FullName, cancel);
            return new(
                [("roundsPerSecond", tree), ("flatPerSecond", flat), ("treeRatio", tree / flat), ("updatesPerSecond", Math.Max(tree, flat) * PerRound), ("joinsPerSecond", joins), ("planMs", plan)],
                [($"planning for {Clients:N0} updates below {PlanWithinMs:0} ms", plan < PlanWithinMs)]);
        }
        finally
        {
            output.Delete(recursive: true);
        }
    }

    private async Task<(double RoundsPerSecond, double JoinsPerSecond)> MeasureAsync(HearthUp cluster, string name, string levels, string output, CancellationToken cancel)
    {
        await cluster.Client.ApplyAsync<FederatedAggregation>(MakeFederation(name, levels, output), cancel: cancel);
        var url = new Uri(cluster.Gateway, $"/federations/{Namespace}/{name}");
        using var http = new HttpClient();
        // An update is as long as the model, and names what it names: the first model is one.
        var update = await new FederationClient(http, url, new(), new(1), time).DownloadAsync("models/0", null, cancel);
        var load = new ClientLoad(url, Clients, update, time);
        var joined = await load.JoinAsync(cancel);
        var rounds = await load.RunAsync(Warmup, Warmup + Rounds, cancel);
        await cluster.Client.DeleteAsync<FederatedAggregation>(name, Namespace, cancel: cancel);
        await new PoolControl(cluster.Client, time).WaitForCalmAsync(Pool, Leaves + 1, cancel);
        return (rounds, Clients / joined.TotalSeconds);
    }

    private static JsonObject MakeFederation(string name, string levels, string output) => new()
    {
        ["apiVersion"] = FederatedAggregation.Definition.ApiVersion,
        ["kind"] = FederatedAggregation.Definition.Kind,
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Namespace },
        ["spec"] = new JsonObject
        {
            ["pool"] = Pool,
            ["architecture"] = new JsonObject
            {
                ["kind"] = "Mlp",
                ["hidden"] = new JsonArray(Hidden),
                ["inputShape"] = new JsonArray(28, 28),
                ["classes"] = new JsonArray([.. Enumerable.Range(0, 10).Select(digit => (JsonNode)digit.ToString(CultureInfo.InvariantCulture))]),
            },
            ["rounds"] = 1000,
            ["clients"] = new JsonObject { ["minPerRound"] = PerRound, ["maxPerRound"] = PerRound, ["selection"] = "Random" },
            ["hierarchy"] = new JsonObject { ["levels"] = levels, ["maxFanIn"] = PerRound / Leaves, ["nodeCapacity"] = PerRound },
            ["output"] = new JsonObject { ["uri"] = new Uri(Path.Combine(output, name)).AbsoluteUri },
        },
    };

    private double MeasurePlan()
    {
        var nodes = Enumerable.Range(0, Nodes).Select(n => new AggregatorNode($"node-{n}", 20, n % 7, Idle: 4)).ToArray();
        var demand = new HierarchyDemand(Clients, new() { MaxFanIn = 10 }, 1000);
        var times = new List<double>();
        for (var i = 0; i < Plans; i++)
        {
            var started = time.GetTimestamp();
            var tree = HierarchyPlanner.Plan(demand, nodes, [new(HierarchyPlanner.Top, "node-3")]);
            times.Add(time.GetElapsedTime(started).TotalMilliseconds);
            if (tree.Count != 1000)
                throw new InvalidOperationException($"{tree.Count} aggregators were planned, 1000 were expected");
        }
        return times.Order().ElementAt(Plans / 2);
    }
}
