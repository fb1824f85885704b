using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Hearth.Api;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Workers;
using Hearth.Compute.Cpu;
using Hearth.Training.Artifacts;
using Hearth.Training.Layers;
using Hearth.Training.Models;
using Hearth.Worker;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Benchmarks.Batching;

/// <summary>What joining requests gains on a model that is bound by memory: one row reads all weights, and so do thirty-two.</summary>
/// <remarks>
/// Two workers in this process serve the same perceptron of 8 million weights on the processor, one with <c>batching</c> and one without; the same callers ask both in turn, one
/// example a request, in binary. The callers' own work is in both figures.
/// </remarks>
internal sealed class BatchingBenchmark : IBenchmark
{
    private const int Callers = 64;
    private const int Rounds = 3;
    private const int RequestsPerRound = 2000;
    private const int Features = 1024;
    private const string Token = "benchmark";

    // Of a memory-bound run nearly all is shared; half of what 32 rows could save pays for copies, waiting and HTTP.
    private const double Goal = 2;

    public string Name => "batching";

    public string Question => "inferences per second of joined requests against the same requests one by one";

    public async Task<BenchmarkRow> RunAsync(CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("hearth-bench-").FullName;
        try
        {
            await SaveModelAsync(Path.Combine(folder, "model"));
            await using var alone = await ServeAsync(folder, "alone", null, cancel);
            await using var joined = await ServeAsync(folder, "joined", new() { MaxSize = 32, MaxDelay = TimeSpan.FromMilliseconds(2) }, cancel);
            var (aloneBest, joinedBest) = (default(Round), default(Round));
            for (var round = 0; round <= Rounds; round++)
            {
                var (a, b) = (await AskAsync(alone.DataUrl, cancel), await AskAsync(joined.DataUrl, cancel));
                // The first round warms both up.
                if (round > 0)
                    (aloneBest, joinedBest) = (Round.Better(aloneBest, a), Round.Better(joinedBest, b));
            }
            var ratio = joinedBest.PerSecond / aloneBest.PerSecond;
            var failed = aloneBest.Failed + joinedBest.Failed;
            return new(
                [
                    ("ratio", ratio), ("joinedPerSecond", joinedBest.PerSecond), ("alonePerSecond", aloneBest.PerSecond),
                    ("joinedP99Ms", joinedBest.P99), ("aloneP99Ms", aloneBest.P99), ("failed", failed),
                ],
                [($"{Goal:0} times the inferences per second", ratio >= Goal), ("no request failed", failed == 0)]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task SaveModelAsync(string folder)
    {
        var model = new ModelSpec
        {
            Input = new ModelInput { Shape = [Features] },
            Normalization = new Normalization { Mean = [0], Scale = [1] },
            Layers = [new LinearSpec { Outputs = 2048 }, new ReluSpec(), new LinearSpec { Outputs = 2048 }, new ReluSpec(), new LinearSpec { Outputs = 1000 }],
            Classes = [.. Enumerable.Range(0, 1000).Select(i => i.ToString(CultureInfo.InvariantCulture))],
        };
        using var accelerator = new CpuAccelerator();
        using var network = new Network(accelerator, model);
        network.Initialize(1);
        await ModelArtifact.SaveAsync(folder, network);
    }

    private static async Task<WorkerServer> ServeAsync(string folder, string name, BatchingSpec? batching, CancellationToken cancel)
    {
        var options = new WorkerOptions
        {
            Address = IPAddress.Loopback,
            DataPort = 0,
            ControlPort = 0,
            Token = Token,
            CacheDirectory = Path.Combine(folder, name),
        };
        var worker = await WorkerServer.StartAsync(options, TimeProvider.System, NullLoggerFactory.Instance, cancel);
        using var http = new HttpClient { BaseAddress = worker.ControlUrl };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        var assignment = new Assignment
        {
            Id = name,
            Name = "fn",
            Namespace = "default",
            Model = new() { Uri = $"file://{folder}/model", Format = ModelFormat.Hearth },
            Batching = batching,
        };
        using var response = await http.PostAsync("/assignment", JsonContent.Create(assignment, ApiJsonContext.Default.Assignment), cancel);
        var lines = await response.Content.ReadAsStringAsync(cancel);
        if (!lines.Contains("\"Ready\"", StringComparison.Ordinal))
            throw new InvalidOperationException($"The worker does not serve: {lines}");
        return worker;
    }

    private static async Task<Round> AskAsync(Uri url, CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = url };
        var body = MakeRequest(out var headLength);
        var took = new ConcurrentBag<double>();
        var (left, failed) = (RequestsPerRound, 0);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var sent = Stopwatch.GetTimestamp();
                using var content = new ByteArrayContent(body);
                content.Headers.Add("Inference-Header-Content-Length", headLength);
                using var response = await http.PostAsync("/v2/models/fn/infer", content, cancel);
                if (!response.IsSuccessStatusCode)
                    Interlocked.Increment(ref failed);
                took.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }
        })));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new(RequestsPerRound / seconds, took.Order().ElementAt(took.Count * 99 / 100), failed);
    }

    private static byte[] MakeRequest(out string headLength)
    {
        var head = Encoding.UTF8.GetBytes(
            $$$"""
            {"inputs":[{"name":"input","shape":[1,{{{Features}}}],"datatype":"FP32","parameters":{"binary_data_size":{{{4 * Features}}}}}],"outputs":[{"name":"label"}]}
            """);
        headLength = head.Length.ToString(CultureInfo.InvariantCulture);
        return [.. head, .. Enumerable.Range(0, Features).SelectMany(i => BitConverter.GetBytes(i / (float)Features))];
    }

    private readonly record struct Round(double PerSecond, double P99, int Failed)
    {
        public static Round Better(Round a, Round b) => (a.PerSecond > b.PerSecond ? a : b) with { Failed = a.Failed + b.Failed };
    }
}
