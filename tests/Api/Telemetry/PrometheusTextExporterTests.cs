using System.Diagnostics.Metrics;
using Hearth.Api.Telemetry;

namespace Hearth.Api.Tests.Telemetry;

public sealed class PrometheusTextExporterTests : IDisposable
{
    private readonly Meter _meter;
    private readonly PrometheusTextExporter _exporter;

    public PrometheusTextExporterTests()
    {
        // A name of its own, so that tests that run at the same time do not see each other's instruments.
        var name = $"Test{Guid.NewGuid():N}";
        _meter = new Meter(name);
        _exporter = new PrometheusTextExporter(name);
    }

    public void Dispose()
    {
        _exporter.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Write_NothingMeasured_IsEmpty()
    {
        _meter.CreateCounter<long>("a_total");

        Assert.Equal("", _exporter.Write());
    }

    [Fact]
    public void Write_Counter_AddsUpPerLabelSet()
    {
        var counter = _meter.CreateCounter<long>("requests_total", description: "Requests.\nAll of them.");
        counter.Add(1, new("code", "200"), new("method", "GET"));
        counter.Add(2, new("code", "200"), new("method", "GET"));
        counter.Add(5, new KeyValuePair<string, object?>("code", 500));

        Assert.Equal(
            """
            # HELP requests_total Requests.\nAll of them.
            # TYPE requests_total counter
            requests_total{code="200",method="GET"} 3
            requests_total{code="500"} 5

            """,
            _exporter.Write());
    }

    [Fact]
    public void Write_Histogram_CumulatesItsOwnBuckets()
    {
        var histogram = _meter.CreateHistogram("time_seconds", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var value in new[] { 0.05, 0.1, 0.5, 7 })
            histogram.Record(value, new KeyValuePair<string, object?>("f", "x"));

        Assert.Equal(
            """
            # TYPE time_seconds histogram
            time_seconds_bucket{f="x",le="0.1"} 2
            time_seconds_bucket{f="x",le="1"} 3
            time_seconds_bucket{f="x",le="+Inf"} 4
            time_seconds_sum{f="x"} 7.65
            time_seconds_count{f="x"} 4

            """,
            _exporter.Write());
    }

    [Fact]
    public void Write_HistogramWithoutBuckets_HasTheDefaultOnes()
    {
        _meter.CreateHistogram<double>("time_seconds").Record(3);

        Assert.Contains("time_seconds_bucket{le=\"2.5\"} 0\ntime_seconds_bucket{le=\"5\"} 1\n", _exporter.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_UpDownCounterAndGauge_AreGauges()
    {
        var depth = _meter.CreateUpDownCounter<int>("depth");
        depth.Add(3);
        depth.Add(-2);
        var level = _meter.CreateGauge<double>("level");
        level.Record(3);
        level.Record(0.5);

        Assert.Equal("# TYPE depth gauge\ndepth 1\n# TYPE level gauge\nlevel 0.5\n", _exporter.Write());
    }

    [Fact]
    public void Write_ObservableInstruments_SayWhatTheyReportNow()
    {
        KeyValuePair<string, object?> labels = new("pool", "one");
        _meter.CreateObservableGauge("idle", () => new Measurement<int>(1, labels));
        _meter.CreateObservableCounter("seen_total", () => 7L);
        Assert.Equal("# TYPE idle gauge\nidle{pool=\"one\"} 1\n# TYPE seen_total counter\nseen_total 7\n", _exporter.Write());

        labels = new("pool", "two");

        Assert.Equal("# TYPE idle gauge\nidle{pool=\"two\"} 1\n# TYPE seen_total counter\nseen_total 7\n", _exporter.Write());
    }

    [Fact]
    public void Write_LabelsWithSpecialCharacters_AreEscaped()
    {
        _meter.CreateCounter<long>("a_total").Add(1, new KeyValuePair<string, object?>("path", "a\\b\"c\nd"));

        Assert.Contains("""a_total{path="a\\b\"c\nd"} 1""", _exporter.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OtherMeters_AreLeftOut()
    {
        using var other = new Meter("Other");
        other.CreateCounter<long>("other_total").Add(1);

        Assert.Equal("", _exporter.Write());
    }

    [Fact]
    public async Task Record_ManyThreads_LosesNothing()
    {
        var counter = _meter.CreateCounter<long>("a_total");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
                counter.Add(1, new KeyValuePair<string, object?>("n", i % 2 == 0 ? "even" : "odd"));
        })));

        Assert.Equal("# TYPE a_total counter\na_total{n=\"even\"} 20000\na_total{n=\"odd\"} 20000\n", _exporter.Write());
    }

    [Fact]
    public void Record_KnownLabels_AllocatesNothing()
    {
        var counter = _meter.CreateCounter<long>("a_total");
        KeyValuePair<string, object?> label = new("n", "x");
        counter.Add(1, label);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
            counter.Add(1, label);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
