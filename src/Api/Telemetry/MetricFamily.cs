using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Hearth.Api.Telemetry;

/// <summary>One metric with all its label sets.</summary>
internal sealed class MetricFamily
{
    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], MetricSeries> _series = new(LabelComparer.Instance);
    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], MetricSeries>.AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _lookup;
    private readonly string? _description;
    private readonly MetricType _type;
    private readonly bool _isObservable;
    private readonly double[] _bounds;

    private MetricFamily(Instrument instrument, MetricType type, double[] bounds)
    {
        Name = instrument.Name;
        _description = instrument.Description;
        _isObservable = instrument.IsObservable;
        _type = type;
        _bounds = bounds;
        _lookup = _series.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
    }

    public string Name { get; }

    public static MetricFamily Of(Instrument instrument) => instrument switch
    {
        Histogram<double> h => new(instrument, MetricType.Histogram, Bounds(h.Advice?.HistogramBucketBoundaries)),
        Histogram<float> h => new(instrument, MetricType.Histogram, Bounds(h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b))),
        Histogram<long> h => new(instrument, MetricType.Histogram, Bounds(h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b))),
        Histogram<int> h => new(instrument, MetricType.Histogram, Bounds(h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b))),
        ObservableCounter<double> or ObservableCounter<float> or ObservableCounter<long> or ObservableCounter<int> => new(instrument, MetricType.ObservableCounter, []),
        Counter<double> or Counter<float> or Counter<long> or Counter<int> => new(instrument, MetricType.Counter, []),
        UpDownCounter<double> or UpDownCounter<float> or UpDownCounter<long> or UpDownCounter<int> => new(instrument, MetricType.UpDownCounter, []),
        _ => new(instrument, MetricType.Gauge, []),
    };

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        if (!_lookup.TryGetValue(labels, out var series))
            series = _series.GetOrAdd(labels.ToArray(), static (_, bounds) => new MetricSeries(bounds), _bounds);
        series.Record(value, _type);
    }

    /// <summary>Forgets what an observable instrument said before: label sets it no longer reports are gone.</summary>
    public void BeginScrape()
    {
        if (_isObservable)
            _series.Clear();
    }

    public void Write(StringBuilder text)
    {
        if (_series.IsEmpty)
            return;
        if (_description is not null)
            text.Append("# HELP ").Append(Name).Append(' ').Append(_description.Replace("\\", @"\\").Replace("\n", @"\n")).Append('\n');
        text.Append("# TYPE ").Append(Name).Append(' ').Append(TypeName).Append('\n');
        foreach (var (labels, series) in _series.Select(s => (Labels: FormatLabels(s.Key), s.Value)).OrderBy(s => s.Labels, StringComparer.Ordinal))
            series.Write(text, Name, labels, _type);
    }

    private string TypeName => _type switch
    {
        MetricType.Counter or MetricType.ObservableCounter => "counter",
        MetricType.Histogram => "histogram",
        _ => "gauge",
    };

    private static double[] Bounds(IEnumerable<double>? bounds) => [.. bounds ?? PrometheusTextExporter.DefaultBuckets];

    /// <summary>Labels without braces, for example <c>code="200",host="a"</c>.</summary>
    private static string FormatLabels(KeyValuePair<string, object?>[] labels) =>
        string.Join(',', labels.Select(l => $"{l.Key}=\"{Escape(l.Value?.ToString() ?? "")}\""));

    private static string Escape(string value) => value.Replace("\\", @"\\").Replace("\"", "\\\"").Replace("\n", @"\n");
}
