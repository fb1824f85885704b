using System.Diagnostics.Metrics;

namespace Hearth.Operator;

/// <summary>The operator's own instruments.</summary>
internal sealed class OperatorMetrics : IDisposable
{
    private readonly Meter _meter = new("Hearth.Operator");
    private readonly Gauge<int> _workers;
    private readonly Counter<long> _hits;
    private readonly Counter<long> _misses;
    private readonly Histogram<double> _utility;

    public OperatorMetrics()
    {
        _workers = _meter.CreateGauge<int>("hearth_pool_workers", description: "Workers of a pool by state.");
        _hits = _meter.CreateCounter<long>("hearth_pool_hits_total", description: "Cold starts that found an idle worker.");
        _misses = _meter.CreateCounter<long>("hearth_pool_misses_total", description: "Cold starts that had to create a pod.");
        _utility = _meter.CreateHistogram(
            "hearth_pod_utility_ratio",
            description: "Useful lifetime of a released worker divided by the time of its cold start.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1, 10, 100, 1000, 10_000, 100_000] });
    }

    public void RecordWorkers(string ns, string pool, string state, int count) =>
        _workers.Record(count, new("namespace", ns), new("pool", pool), new("state", state));

    public void CountColdStarts(string ns, string pool, long hits, long misses)
    {
        _hits.Add(hits, new("namespace", ns), new("pool", pool));
        _misses.Add(misses, new("namespace", ns), new("pool", pool));
    }

    public void RecordUtility(string ns, string function, double ratio) =>
        _utility.Record(ratio, new KeyValuePair<string, object?>("namespace", ns), new KeyValuePair<string, object?>("function", function));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
