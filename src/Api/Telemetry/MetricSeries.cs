using System.Globalization;
using System.Text;

namespace Hearth.Api.Telemetry;

/// <summary>The value of one metric for one set of labels.</summary>
internal sealed class MetricSeries(double[] bounds)
{
    private readonly Lock _lock = new();

    // One count per bucket, the last for what is above all bounds. Cumulated only when written.
    private readonly long[] _buckets = new long[bounds.Length + 1];
    private double _value;
    private long _count;

    public void Record(double value, MetricType type)
    {
        lock (_lock)
        {
            if (type is MetricType.Gauge or MetricType.ObservableCounter)
            {
                _value = value;
                return;
            }

            _value += value;
            if (type != MetricType.Histogram)
                return;
            _count++;
            var bucket = Array.BinarySearch(bounds, value);
            _buckets[bucket < 0 ? ~bucket : bucket]++;
        }
    }

    public void Write(StringBuilder text, string name, string labels, MetricType type)
    {
        lock (_lock)
        {
            if (type != MetricType.Histogram)
            {
                Line(text, name, "", labels, PrometheusTextExporter.Format(_value));
                return;
            }

            var separator = labels.Length == 0 ? "" : ",";
            var cumulated = 0L;
            for (var i = 0; i < _buckets.Length; i++)
            {
                cumulated += _buckets[i];
                var bound = PrometheusTextExporter.Format(i < bounds.Length ? bounds[i] : double.PositiveInfinity);
                Line(text, name, "_bucket", $"{labels}{separator}le=\"{bound}\"", cumulated.ToString(CultureInfo.InvariantCulture));
            }

            Line(text, name, "_sum", labels, PrometheusTextExporter.Format(_value));
            Line(text, name, "_count", labels, _count.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void Line(StringBuilder text, string name, string suffix, string labels, string value)
    {
        text.Append(name).Append(suffix);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(value).Append('\n');
    }
}
