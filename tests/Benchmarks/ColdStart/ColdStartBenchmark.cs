using System.Text.Json.Nodes;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.WorkerPools;
using Hearth.Cli.Demos;
using Hearth.Cli.Demos.Functions;
using Hearth.Cli.Demos.Serving;
using Hearth.Cli.Local;
using Hearth.Worker.OnnxRuntime;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Benchmarks.ColdStart;

/// <summary>How long a caller waits for the first byte of a function that nobody serves.</summary>
/// <remarks>
/// All three on the same machine, model and request: over the warm pool, over an empty pool whose pod has to be created, and ONNX Runtime building
/// the model's session in this process, which no cold start can be faster than. A round ends when the pool is warm again, so rounds do not disturb
/// each other. The pod is a process here: on a cluster with containers creating one takes longer, and the pool gains more.
/// </remarks>
internal sealed class ColdStartBenchmark(string hearth, TimeProvider time) : IBenchmark
{
    private const string Function = "digits";
    private const string Namespace = "default";
    private const int PoolRounds = 20;
    private const int CreateRounds = 7;
    private const int LoadRounds = 50;
    private const double AllowanceMs = 10;
    private const double Ratio = 10;

    private readonly Subject _subject = Subject.Digits();

    public string Name => "cold-start";

    public string Question => "first byte from zero over a warm pool, over an empty pool, and the model's load alone";

    public async Task<BenchmarkRow> RunAsync(CancellationToken cancel)
    {
        await using var cluster = await HearthUp.StartAsync(hearth, time, cancel);
        using var http = new HttpClient();
        var pools = new PoolControl(cluster.Client, time);
        var control = new FunctionControl(cluster.Client, pools, time);
        var functions = new FunctionClient(http, cluster.Gateway, time);
        var pool = Latencies.Median(await MeasurePoolAsync(cluster, pools, control, functions, cancel));
        var create = Latencies.Median(await MeasureCreateAsync(cluster, control, functions, cancel));
        var load = Latencies.Median(MeasureLoad());
        return new(
            [("poolMs", pool), ("createMs", create), ("loadMs", load)],
            [
                ($"over the pool at most the load and {AllowanceMs:0} ms", pool <= load + AllowanceMs),
                ($"over the pool {Ratio:0} times faster than creating the pod", create >= pool * Ratio),
            ]);
    }

    private async Task<List<double>> MeasurePoolAsync(
        HearthUp cluster, PoolControl pools, FunctionControl control, FunctionClient functions, CancellationToken cancel)
    {
        foreach (var manifest in _subject.Manifest)
            await ApplyAsync(cluster, manifest.DeepClone().AsObject(), cancel);
        var pool = (string)_subject.Function["spec"]!["pool"]!;
        await control.WaitForReadyAsync(Function, cancel);
        var warm = await pools.ReadWarmAsync(pool, cancel);
        var times = new List<double>();
        // One round more, not counted: the first request finds a gateway and workers that have not answered anything yet.
        for (var round = 0; round <= PoolRounds; round++)
        {
            await control.ReleaseAsync(Function, pool, warm, cancel);
            times.Add(await InvokeAsync(control, functions, Function, "pool", cancel));
        }
        return times[1..];
    }

    private async Task<List<double>> MeasureCreateAsync(HearthUp cluster, FunctionControl control, FunctionClient functions, CancellationToken cancel)
    {
        var times = new List<double>();
        for (var round = 0; round < CreateRounds; round++)
        {
            var name = $"create-{round}";
            foreach (var manifest in _subject.MakeTwin(name, name))
                await ApplyAsync(cluster, manifest, cancel);
            await control.WaitForReadyAsync(name, cancel);
            times.Add(await InvokeAsync(control, functions, name, "create", cancel));
            await cluster.Client.DeleteAsync<InferenceFunction>(name, Namespace, cancel: cancel);
            await cluster.Client.DeleteAsync<WorkerPool>(name, Namespace, cancel: cancel);
            await control.WaitForZeroAsync(name, cancel);
        }
        return times;
    }

    private List<double> MeasureLoad()
    {
        using var environment = OrtEnv.Open(new(), NullLogger.Instance);
        var model = Path.Combine(DemoFolders.FindExamples(), "functions", "digits", "digits.onnx");
        var times = new List<double>();
        for (var round = 0; round < LoadRounds; round++)
        {
            var started = time.GetTimestamp();
            InferenceSession.Load(environment, model, new()).Dispose();
            times.Add(time.GetElapsedTime(started).TotalMilliseconds);
        }
        return times;
    }

    private async Task<double> InvokeAsync(FunctionControl control, FunctionClient functions, string function, string path, CancellationToken cancel)
    {
        var input = _subject.Pictures[0].Picture.ToTensor("image");
        var answer = await control.InvokeResumedAsync(() => functions.InferAsync(function, [input], binary: false, cancel), cancel);
        return answer.ColdStart?.Path == path
            ? answer.FirstByte.TotalMilliseconds
            : throw new InvalidOperationException($"function \"{function}\" was to start by \"{path}\", but says: {answer.ColdStart?.Path ?? "warm"}");
    }

    private static Task ApplyAsync(HearthUp cluster, JsonObject manifest, CancellationToken cancel)
    {
        manifest["metadata"]!["namespace"] = Namespace;
        return (string?)manifest["kind"] == WorkerPool.Definition.Kind
            ? cluster.Client.ApplyAsync<WorkerPool>(manifest, cancel: cancel)
            : cluster.Client.ApplyAsync<InferenceFunction>(manifest, cancel: cancel);
    }
}
