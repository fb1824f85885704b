using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Hearth.Api.Telemetry;

/// <summary>
/// Collects the instruments of all meters whose name starts with <c>Hearth</c> and writes them as Prometheus text, version 0.0.4.
/// </summary>
/// <remarks>
/// An instrument's name is the metric's name as it stands. A histogram's buckets are what its
/// <see cref="InstrumentAdvice{T}.HistogramBucketBoundaries"/> say, or <see cref="DefaultBuckets"/>. Only what is measured while an exporter
/// lives is counted. Measuring allocates nothing once a set of labels is known.
/// </remarks>
public sealed class PrometheusTextExporter : IDisposable
{
    /// <summary>Content type of what <see cref="Write"/> gives.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly Lock _scrape = new();
    private readonly MeterListener _listener = new();

    /// <param name="meterPrefix">What the names of the meters to collect start with.</param>
    public PrometheusTextExporter(string meterPrefix = "Hearth")
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith(meterPrefix, StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument.Name, static (_, i) => MetricFamily.Of(i), instrument));
        };
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>Upper bounds, in seconds, of histograms that name none: Prometheus' own defaults.</summary>
    public static IReadOnlyList<double> DefaultBuckets { get; } = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    /// <summary>All metrics as they are now, families sorted by name.</summary>
    public string Write()
    {
        var text = new StringBuilder(16 << 10);
        lock (_scrape)
        {
            foreach (var family in _families.Values)
                family.BeginScrape();
            _listener.RecordObservableInstruments();
            foreach (var family in _families.Values.OrderBy(f => f.Name, StringComparer.Ordinal))
                family.Write(text);
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    /// <summary>A number as Prometheus reads it.</summary>
    internal static string Format(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
