using System.Text.Json.Nodes;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.WorkerPools;
using Hearth.Cli.Demos;
using Hearth.Cli.Demos.Functions;
using Hearth.Cli.Demos.Serving;
using Hearth.Worker.OnnxRuntime;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Benchmarks.ColdStart;

/// <summary>How long a caller waits for the first byte of a function that nobody serves.</summary>
/// <remarks>
/// All on the same machine, model and request: over the warm pool, over an empty pool whose pod has to be created, over a worker that has the model loaded still,
/// and ONNX Runtime building the model's session in this process, which no cold start that loads can be faster than. The load alone is measured between the
/// cold starts, so that it finds the caches and the memory as they do: a load right after another takes half as long. A round ends when the pool is warm again,
/// and begins a moment later, so rounds do not disturb each other. The first rounds, in which the API server and the gateway have just been started, do not
/// count. The pod is a process here: on a cluster with containers creating one takes longer, and the pool gains more.
/// </remarks>
internal sealed class ColdStartBenchmark(string hearth, TimeProvider time) : IBenchmark
{
    private const string Function = "digits";
    private const string Resident = "resident";
    private const string Namespace = "default";
    private const int FirstRounds = 20;
    private const int PoolRounds = 50;
    private const int CreateRounds = 15;
    private const int ResidentRounds = 20;
    private const double AllowanceMs = 10;
    private const double Ratio = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    private readonly Subject _subject = Subject.Digits();

    public string Name => "cold-start";

    public string Question => "first byte from zero over a warm pool, over an empty pool, with the model loaded still, and the model's load alone";

    public async Task<BenchmarkRow> RunAsync(CancellationToken cancel)
    {
        await using var cluster = await HearthUp.StartAsync(hearth, time, cancel);
        using var http = new HttpClient();
        var pools = new PoolControl(cluster.Client, time);
        var control = new FunctionControl(cluster.Client, pools, time);
        var functions = new FunctionClient(http, cluster.Gateway, time);
        using var environment = OrtEnv.Open(new(), NullLogger.Instance);
        var loads = new List<double>();
        foreach (var manifest in _subject.Manifest)
            await ApplyAsync(cluster, manifest.DeepClone().AsObject(), cancel);
        await control.WaitForReadyAsync(Function, cancel);
        var cold = await MeasurePoolAsync(Function, (string)_subject.Function["spec"]!["pool"]!, FirstRounds + PoolRounds, pools, control, functions, () => loads.Add(Load(environment)), cancel);
        var resident = await MeasureResidentAsync(cluster, pools, control, functions, cancel);
        var create = Latencies.Median(await MeasureCreateAsync(cluster, control, functions, cancel));
        var (pool, load) = (Median(cold[FirstRounds..], a => a.FirstByte.TotalMilliseconds), Latencies.Median(loads[FirstRounds..]));
        return new(
            [("poolMs", pool), ("createMs", create), ("loadMs", load), ("beyondLoadMs", pool - load), .. Parts(cold[FirstRounds..]), ("residentMs", Median(resident, a => a.FirstByte.TotalMilliseconds))],
            [
                ($"over the pool at most the load and {AllowanceMs:0} ms", pool <= load + AllowanceMs),
                ($"over the pool {Ratio:0} times faster than creating the pod", create >= pool * Ratio),
            ]);
    }

    /// <summary>Where the time goes: the parts that the gateway tells, and the way from there to the caller.</summary>
    private static (string Name, double Value)[] Parts(IReadOnlyList<Answer> answers) =>
    [
        ("claimMs", Median(answers, a => a.ColdStart!.PodAllocation)),
        ("fetchMs", Median(answers, a => a.ColdStart!.DeployCode)),
        ("sessionMs", Median(answers, a => a.ColdStart!.DeployDependency)),
        ("schedulingMs", Median(answers, a => a.ColdStart!.Scheduling)),
        ("answerMs", Median(answers, a => a.FirstByte.TotalMilliseconds - a.ColdStart!.Total)),
    ];

    private async Task<List<Answer>> MeasurePoolAsync(
        string function, string pool, int rounds, PoolControl pools, FunctionControl control, FunctionClient functions, Action between, CancellationToken cancel)
    {
        var warm = await pools.ReadWarmAsync(pool, cancel);
        await pools.WaitForCalmAsync(pool, warm, cancel);
        var answers = new List<Answer>();
        for (var round = 0; round < rounds; round++)
        {
            await control.ReleaseAsync(function, pool, warm, cancel);
            await Task.Delay(Pause, time, cancel);
            answers.Add(await InvokeAsync(control, functions, function, "pool", cancel));
            // Not while the operator and the nodes look at what has just happened.
            await Task.Delay(Pause, time, cancel);
            between();
        }
        return answers;
    }

    /// <summary>The same over a pool of one worker, which keeps the model; only the first request loads it.</summary>
    private async Task<List<Answer>> MeasureResidentAsync(
        HearthUp cluster, PoolControl pools, FunctionControl control, FunctionClient functions, CancellationToken cancel)
    {
        foreach (var manifest in _subject.MakeTwin(Resident, Resident))
        {
            if ((string?)manifest["kind"] == WorkerPool.Definition.Kind)
            {
                manifest["spec"]!["warm"] = new JsonObject { ["min"] = 1 };
                manifest["spec"]!.AsObject().Remove("residentModels");
            }
            await ApplyAsync(cluster, manifest, cancel);
        }
        await control.WaitForReadyAsync(Resident, cancel);
        var answers = await MeasurePoolAsync(Resident, Resident, ResidentRounds + 1, pools, control, functions, () => { }, cancel);
        await DeleteAsync(cluster, control, Resident, cancel);
        return answers[1..];
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
            times.Add((await InvokeAsync(control, functions, name, "create", cancel)).FirstByte.TotalMilliseconds);
            await DeleteAsync(cluster, control, name, cancel);
        }
        return times;
    }

    private double Load(OrtEnv environment)
    {
        var model = Path.Combine(DemoFolders.FindExamples(), "functions", "digits", "digits.onnx");
        var started = time.GetTimestamp();
        var session = InferenceSession.Load(environment, model, new());
        var took = time.GetElapsedTime(started).TotalMilliseconds;
        session.Dispose();
        return took;
    }

    private async Task<Answer> InvokeAsync(FunctionControl control, FunctionClient functions, string function, string path, CancellationToken cancel)
    {
        var input = _subject.Pictures[0].Picture.ToTensor("image");
        var answer = await control.InvokeResumedAsync(() => functions.InferAsync(function, [input], binary: false, cancel), cancel);
        return answer.ColdStart?.Path == path
            ? answer
            : throw new InvalidOperationException($"function \"{function}\" was to start by \"{path}\", but says: {answer.ColdStart?.Path ?? "warm"}");
    }

    private static double Median(IReadOnlyList<Answer> answers, Func<Answer, double> figure) => Latencies.Median([.. answers.Select(figure)]);

    private static async Task DeleteAsync(HearthUp cluster, FunctionControl control, string name, CancellationToken cancel)
    {
        await cluster.Client.DeleteAsync<InferenceFunction>(name, Namespace, cancel: cancel);
        await cluster.Client.DeleteAsync<WorkerPool>(name, Namespace, cancel: cancel);
        await control.WaitForZeroAsync(name, cancel);
    }

    private static Task ApplyAsync(HearthUp cluster, JsonObject manifest, CancellationToken cancel)
    {
        manifest["metadata"]!["namespace"] = Namespace;
        return (string?)manifest["kind"] == WorkerPool.Definition.Kind
            ? cluster.Client.ApplyAsync<WorkerPool>(manifest, cancel: cancel)
            : cluster.Client.ApplyAsync<InferenceFunction>(manifest, cancel: cancel);
    }
}
