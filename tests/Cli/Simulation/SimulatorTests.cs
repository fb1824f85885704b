using FsCheck;
using FsCheck.Fluent;
using Hearth.Api.InferenceFunctions;
using Hearth.Cli.Commands;
using Hearth.Cli.Simulation;

namespace Hearth.Cli.Tests.Simulation;

/// <summary>Replays small enough to be worked by hand: cold starts take 2 s.</summary>
public sealed class SimulatorTests
{
    private static readonly ColdStartModel TwoSeconds = new(Math.Log(2), 0);

    [Fact]
    public void Run_Fixed_IsWarmWithinTheDurationAndColdBeyond()
    {
        // Cold at 0, ends at 3; warm at 10 after 7 s idle, ends at 11; cold at 50 after 39 s, of which 20 were kept.
        var result = Run(KeepAlivePolicy.Fixed, 20, (0, 1), (10, 1), (50, 1));

        Assert.Equal((3, 2, 2), (result.Requests, result.ColdStarts, result.Created));
        Assert.Equal(7 + 20, result.IdleSeconds, 6);
        Assert.Equal(3, result.SlowdownP99, 6);
    }

    [Fact]
    public void Run_TwoAtOnce_NeedTwoWorkers()
    {
        var result = Run(KeepAlivePolicy.Fixed, 100, (0, 5), (1, 5), (20, 1), (30, 1));

        // The lower rank serves both later requests; the other is idle from 8 to the end.
        Assert.Equal(2, result.ColdStarts);
        Assert.Equal((30 - 8) + (20 - 7) + (30 - 21), result.IdleSeconds, 6);
    }

    [Fact]
    public void Run_Concurrency_SharesAWorkerAndItsStart()
    {
        var trace = Trace((0, 5), (1, 5), (20, 1));
        var result = Simulator.Run(trace, new(Spec(KeepAlivePolicy.Fixed, 100), TwoSeconds, 2), (0, double.PositiveInfinity))[0];

        Assert.Equal((2, 1), (result.ColdStarts, result.Created)); // both wait for the one start
    }

    [Fact]
    public void Run_Parts_AddUpToTheWhole()
    {
        var trace = Trace((0, 1), (10, 1), (50, 1), (55, 1), (120, 1));
        var settings = new SimulationSettings(Spec(KeepAlivePolicy.Fixed, 20), TwoSeconds, 1);

        var parts = Simulator.Run(trace, settings, (0, 30), (30, double.PositiveInfinity), (0, double.PositiveInfinity));

        Assert.Equal(parts[2].ColdStarts, parts[0].ColdStarts + parts[1].ColdStarts);
        Assert.Equal(parts[2].IdleSeconds, parts[0].IdleSeconds + parts[1].IdleSeconds, 6);
    }

    [Fact]
    public void Deferred_Burst_IsSpreadWithinTheTimeGiven()
    {
        var burst = Trace((0, 1), (0, 1), (0, 1), (0, 1), (0, 1), (0, 1), (30, 1));

        var (shaved, most) = burst.Deferred(2);

        Assert.Equal(2, most);
        Assert.Equal([0, 0, 1, 1, 2, 2, 30], shaved.Requests.Select(r => r.Arrival));
        Assert.Equal(6, burst.Deferred(0.5).MostPerSecond);
    }

    [Fact]
    public void Run_HistogramOnATimer_PreWarmsAndIsNeverLate()
    {
        var requests = Enumerable.Range(0, 50).Select(i => (i * 1800.0, 1.0)).ToArray();

        var histogram = Run(KeepAlivePolicy.Histogram, 600, requests);
        var adaptive = Run(KeepAlivePolicy.Adaptive, 600, requests);
        var kept = Run(KeepAlivePolicy.Fixed, 3600, requests);

        Assert.Equal(1, histogram.ColdStarts);
        Assert.InRange(adaptive.ColdStarts, 1, 6); // until it knows the timer
        Assert.True(histogram.IdleSeconds < 0.6 * kept.IdleSeconds);
        Assert.True(adaptive.IdleSeconds < 0.6 * kept.IdleSeconds);
    }

    [Fact]
    public void Run_AnyTrace_LongerKeepAliveNeverMeansMoreColdStarts() => Prop.ForAll(
        Gen.Choose(0, 5000).Two().NonEmptyListOf().ToArbitrary(), Gen.Choose(1, 1000).ToArbitrary(), (requests, duration) =>
        {
            // Instant starts, so that a cold start does not change the load.
            var trace = Trace([.. requests.Select(r => ((double)r.Item1, r.Item2 / 100.0))]);
            var results = new[] { duration, duration * 2 }.Select(d =>
                Simulator.Run(trace, new(Spec(KeepAlivePolicy.Fixed, d), new(Math.Log(1e-6), 0), 1), (0, double.PositiveInfinity))[0]).ToArray();
            return results[1].ColdStarts <= results[0].ColdStarts && results.All(r => r.IdleSeconds >= 0 && r.Requests == requests.Count);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Run_Twice_IsTheSame()
    {
        var requests = Enumerable.Range(0, 200).Select(i => (i * (i % 7) * 10.0, 3.0)).ToArray();

        Assert.Equal(Run(KeepAlivePolicy.Adaptive, 60, requests), Run(KeepAlivePolicy.Adaptive, 60, requests));
    }

    [Fact]
    public void Simulate_Report_HasEveryPolicyInTableJsonAndPlot()
    {
        var report = SimulateCommand.Simulate(Trace((0, 1), (10, 1), (50, 1)), TwoSeconds, 1, [60, 600], 0);

        Assert.Equal(["Fixed 60 s", "Fixed 10 min", "Histogram", "Adaptive 60 s", "Adaptive 10 min"], report.Points.Select(p => p.Name));
        Assert.All(report.Points, p => Assert.Contains(p.Name, report.ToTable(), StringComparison.Ordinal));
        Assert.Contains("\"policy\":\"Adaptive\",\"durationSeconds\":600", report.ToJson(), StringComparison.Ordinal);
        var svg = System.Xml.Linq.XDocument.Parse(CostCurvePlot.Draw(report));
        Assert.Equal(3, svg.Descendants().Count(e => e.Name.LocalName == "polyline"));
    }

    [Theory]
    [InlineData(0.2965, 1.3260)]
    [InlineData(0.7, 0)]
    public void Time_Model_HasItsMedianAndSpread(double mu, double sigma)
    {
        var logs = Enumerable.Range(0, 20_000).Select(i => Math.Log(new ColdStartModel(mu, sigma).Time(i))).ToArray();

        Assert.InRange(logs.Average(), mu - 0.05, mu + 0.05);
        Assert.InRange(Math.Sqrt(logs.Average(l => (l - mu) * (l - mu))), (sigma * 0.97) - 1e-9, (sigma * 1.03) + 1e-9);
    }

    private static SimulationResult Run(KeepAlivePolicy policy, int seconds, params (double, double)[] requests) =>
        Simulator.Run(Trace(requests), new(Spec(policy, seconds), TwoSeconds, 1), (0, double.PositiveInfinity))[0];

    private static KeepAliveSpec Spec(KeepAlivePolicy policy, int seconds) => new() { Policy = policy, Duration = TimeSpan.FromSeconds(seconds) };

    private static Trace Trace(params (double Arrival, double Duration)[] requests) =>
        new("test", ["f"], requests.Select(r => new TraceRequest(r.Arrival, 0, r.Duration)));
}
