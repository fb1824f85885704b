using System.Text.Json.Nodes;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Crds;
using Hearth.Testing;

namespace Hearth.Benchmarks.Reconcile;

/// <summary>
/// 10,000 functions from nothing to steady state, then one in a hundred changing, then a new operator that finds everything as it should be.
/// </summary>
/// <remarks>
/// A rate is what <c>controller_runtime_reconcile_total</c> counts, divided by the time from the start of the operator's process until every status is of its
/// function's generation and nothing waits in a queue. A function takes two reconciles and two writes: one writes the status and the event, the other finds
/// by its own write's echo that nothing is left to do. Processor time is that of the whole process, the start included, by reconcile: on a machine that does other
/// work too it is the figure to compare. Of the operator's, half is its HTTP client, a quarter compilation, a seventh the reading of JSON.
/// The real server is limited by its own processor time, six times that of the operator: two fifths of it are the status write (decode, merge, encode, and back for
/// the watches), a quarter is its garbage collection. Its etcd, which does not wait for the disk here, takes a tenth, and its flow control exempts this caller. A
/// client-side limit is not set. More processors for the server raise the rate; more reconciles at a time hardly do (16 instead of 4: 311 a second, not 292).
/// </remarks>
internal sealed class ReconcileBenchmark(string hearth, TimeProvider time) : IBenchmark
{
    /// <summary>Changes that the server in memory keeps: so many that what is measured is the operator and not its relists.</summary>
    public const int Changes = 4 * Functions;

    private const int Functions = 10_000;
    private const int Writers = 16;
    private const string Namespace = "default";

    public string Name => "reconcile";

    public string Question =>
        $"how many reconciles a second brings {Functions} functions to steady state, in how much memory? The API server shares the machine and its cores.";

    public async Task<BenchmarkRow> RunAsync(CancellationToken cancel)
    {
        await using var server = await ApiServerProcess.StartAsync(cancel);
        using var client = new KubernetesClient(server.Configuration, time);
        var memory = await MeasureAsync(client, server.Kubeconfig, server.Cpu, cancel);
        IEnumerable<(string, double)> figures = memory.Figures("");
        if (KubeApiServer.WhyNot is null)
            figures = figures.Concat((await MeasureOnRealAsync(cancel)).Figures("real"));
        return new(
            [.. figures],
            [
                ("2,000 reconciles a second", memory.PerSecond >= 2000),
                ("at most 150 MB", memory.ResidentMB <= 150),
                ("no write when nothing changes", memory.IdleWrites == 0),
            ]);
    }

    private async Task<Measured> MeasureOnRealAsync(CancellationToken cancel)
    {
        await using var server = await KubeApiServer.StartAsync();
        foreach (var definition in CrdManifests.Definitions)
        {
            using var body = new StringContent(definition.ToJsonString(), new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
            using var answer = await server.Http.PostAsync("apis/apiextensions.k8s.io/v1/customresourcedefinitions", body, cancel);
            answer.EnsureSuccessStatusCode();
        }
        using var client = new KubernetesClient(server.Configuration, time);
        return await MeasureAsync(client, server.Kubeconfig(), server.Cpu, cancel);
    }

    private async Task<Measured> MeasureAsync(KubernetesClient client, string kubeconfig, Func<TimeSpan> serverCpu, CancellationToken cancel)
    {
        await CreateAsync(client, cancel);
        Measured measured;
        var (startedAt, cpuBefore) = (time.GetTimestamp(), serverCpu());
        await using (var first = await OperatorProcess.StartAsync(hearth, kubeconfig, time, cancel))
        {
            var readyAfter = time.GetElapsedTime(startedAt);
            await SettleAsync(client, cancel);
            await first.DrainAsync(time, cancel);
            var steadyAfter = time.GetElapsedTime(startedAt);
            var (cpu, cpuOfServer) = (first.Cpu(), serverCpu() - cpuBefore);
            var reconciles = await first.ReconcilesAsync(cancel);
            measured = new(reconciles, await first.WritesAsync(cancel), readyAfter, steadyAfter, cpu, cpuOfServer);
            startedAt = time.GetTimestamp();
            await ChangeAsync(client, cancel);
            await SettleAsync(client, cancel);
            measured = measured with { Changed = time.GetElapsedTime(startedAt), ResidentMB = first.ResidentMB() };
        }
        await using var second = await OperatorProcess.StartAsync(hearth, kubeconfig, time, cancel);
        while (await second.ReconcilesAsync(cancel) < Functions)
            await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancel);
        return measured with { IdleWrites = await second.WritesAsync(cancel) };
    }

    private static async Task CreateAsync(KubernetesClient client, CancellationToken cancel)
    {
        var pool = new WorkerPool { Metadata = new() { Name = "default", Namespace = Namespace }, Spec = new() { Warm = new() { Min = 0 } } };
        await client.CreateAsync(pool, cancel);
        await Parallel.ForAsync(0, Functions, new ParallelOptions { MaxDegreeOfParallelism = Writers, CancellationToken = cancel }, async (i, stop) =>
            await client.CreateAsync(new InferenceFunction
            {
                Metadata = new() { Name = $"f{i:00000}", Namespace = Namespace },
                Spec = new() { Model = new() { Uri = "file:///models/m.onnx" } },
            }, stop));
    }

    private static Task ChangeAsync(KubernetesClient client, CancellationToken cancel) => Parallel.ForAsync(
        0, Functions / 100, new ParallelOptions { MaxDegreeOfParallelism = Writers, CancellationToken = cancel }, async (i, stop) =>
            await client.PatchAsync<InferenceFunction>(
                $"f{i * 100:00000}", Namespace, new V1Patch(new JsonObject { ["spec"] = new JsonObject { ["concurrency"] = 7 } }), cancel: stop));

    /// <summary>Completes when every function's status is of its present generation.</summary>
    private static async Task SettleAsync(KubernetesClient client, CancellationToken cancel)
    {
        var list = await client.ListAsync<InferenceFunction>(Namespace, cancel: cancel);
        var open = list.Items.Where(f => !IsSettled(f)).Select(f => f.Name()).ToHashSet();
        if (open.Count == 0)
            return;
        await foreach (var change in client.WatchAsync<InferenceFunction>(Namespace, new() { ResourceVersion = list.ResourceVersion }, cancel))
        {
            if (change.Type == WatchEventType.Modified && IsSettled(change.Object) && open.Remove(change.Object.Name()) && open.Count == 0)
                return;
        }
        await SettleAsync(client, cancel);
    }

    private static bool IsSettled(InferenceFunction function) => function.Status?.ObservedGeneration == function.Metadata.Generation;

    private sealed record Measured(double Reconciles, double Writes, TimeSpan ReadyAfter, TimeSpan SteadyAfter, TimeSpan OperatorCpu, TimeSpan ServerCpu)
    {
        public TimeSpan Changed { get; init; }

        public double ResidentMB { get; init; }

        public double IdleWrites { get; init; }

        public double PerSecond => Reconciles / SteadyAfter.TotalSeconds;

        public IEnumerable<(string Name, double Value)> Figures(string prefix) => new (string Name, double Value)[]
        {
            ("perSecond", PerSecond),
            ("residentMB", ResidentMB),
            ("idleWrites", IdleWrites),
            ("changedMs", Changed.TotalMilliseconds),
            ("reconciles", Reconciles),
            ("writes", Writes),
            ("readySeconds", ReadyAfter.TotalSeconds),
            ("steadySeconds", SteadyAfter.TotalSeconds),
            ("operatorCpuUs", OperatorCpu.TotalMicroseconds / Reconciles),
            ("serverCpuUs", ServerCpu.TotalMicroseconds / Reconciles),
        }.Select(figure => (prefix.Length == 0 ? figure.Name : prefix + char.ToUpperInvariant(figure.Name[0]) + figure.Name[1..], figure.Value));
    }
}
