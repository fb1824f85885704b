using Hearth.Api.InferenceFunctions;
using Hearth.Cli.Simulation;
using Hearth.Testing;

namespace Hearth.Benchmarks.Policy;

/// <summary>What Adaptive costs on real traces, against ten minutes for all and against the hybrid histogram.</summary>
/// <remarks>
/// All go through the same replay with the same cold starts. A rival has one point; Adaptive's point is chosen on the second quarter of the requests (the
/// first only teaches): the longest duration whose idle time there is at most 95 % of the rival's. Reported is the second half, which took no part in that.
/// </remarks>
internal sealed class PolicyBenchmark : IBenchmark
{
    private const double SpendAtMost = 0.95;
    private const double Better = 0.95;

    private static readonly (string File, string Format)[] Given =
    [
        ("azure-llm-2023-conv.csv", "azure-llm"),
        ("alibaba-genai-lora-requests-first-part.csv", "alibaba-genai"),
        ("alibaba-gpu-2023-pods.csv", "alibaba-gpu"),
        ("huawei-2025-quantiles.csv", TraceReader.QuantileFormat),
    ];

    private static readonly KeepAliveSpec Fixed = new() { Policy = KeepAlivePolicy.Fixed, Duration = TimeSpan.FromMinutes(10) };
    private static readonly KeepAliveSpec Histogram = new() { Policy = KeepAlivePolicy.Histogram, Duration = TimeSpan.FromMinutes(10) };

    // A tenth apart, from one minute to five hours.
    private static readonly KeepAliveSpec[] Curve =
    [
        .. Enumerable.Range(0, 61).Select(i => new KeepAliveSpec { Policy = KeepAlivePolicy.Adaptive, Duration = TimeSpan.FromSeconds(60 * Math.Pow(1.1, i)) }),
    ];

    public string Name => "policy";

    public string Question => "cold starts and idle time of Adaptive, against Fixed with 10 minutes and the hybrid histogram, each at the point chosen on the first half";

    public Task<BenchmarkRow> RunAsync(CancellationToken cancel)
    {
        var (parts, goals) = (new List<BenchmarkPart>(), new List<(string, bool)>());
        foreach (var (file, format) in Given)
        {
            cancel.ThrowIfCancellationRequested();
            var known = TraceFormat.Known.GetValueOrDefault(format) ?? new();
            var replay = new Replay(TraceReader.Read(SharedData.PathOf($"traces/{file}"), format, known), known.ColdStart);
            var curve = Array.ConvertAll(Curve, replay.Run);
            var name = Path.GetFileNameWithoutExtension(file);
            var vsFixed = Compare(name, "Fixed", replay.Run(Fixed), curve, goals);
            var vsHistogram = Compare(name, "Histogram", replay.Run(Histogram), curve, goals);
            parts.Add(new(name, [("vsFixed", vsFixed), ("vsHistogram", vsHistogram)]));
        }
        return Task.FromResult(new BenchmarkRow([], goals) { Parts = parts, PartsName = "traces" });
    }

    private static (string, double)[] Compare(
        string trace, string name, Outcome rival, IReadOnlyList<Outcome> curve, List<(string, bool)> goals)
    {
        var chosen = curve.LastOrDefault(p => p.Chosen.IdleSeconds <= SpendAtMost * rival.Chosen.IdleSeconds) ?? curve[0];
        var cold = Ratio(chosen.Reported.ColdStarts, rival.Reported.ColdStarts);
        var memory = Ratio(chosen.Reported.IdleSeconds, rival.Reported.IdleSeconds);
        goals.Add((
            $"{trace}: {chosen.Duration.TotalSeconds:0} s against {name}: {chosen.Reported.ColdStarts} for {rival.Reported.ColdStarts} cold starts, "
            + $"{chosen.Reported.IdleSeconds / 3600:0.0} for {rival.Reported.IdleSeconds / 3600:0.0} idle hours, "
            + $"{chosen.Reported.Created} for {rival.Reported.Created} workers started",
            cold <= 1 && memory <= 1 && Math.Min(cold, memory) <= Better));
        return [("coldStartRatio", cold), ("memoryRatio", memory)];
    }

    /// <summary>Nothing against nothing is a draw.</summary>
    private static double Ratio(double ours, double theirs) => theirs > 0 ? ours / theirs : ours > 0 ? double.MaxValue : 1;

    private sealed record Outcome(TimeSpan Duration, SimulationResult Chosen, SimulationResult Reported);

    private sealed class Replay(Trace trace, ColdStartModel coldStart)
    {
        public Outcome Run(KeepAliveSpec spec)
        {
            var quarter = trace.Requests[trace.Requests.Count / 4].Arrival;
            var results = Simulator.Run(
                trace, new(spec, coldStart, Concurrency: 1), (quarter, trace.Middle), (trace.Middle, double.PositiveInfinity));
            return new(spec.Duration, results[0], results[1]);
        }
    }
}
