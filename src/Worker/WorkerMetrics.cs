using System.Diagnostics.Metrics;
using Hearth.Api.Workers;
using Hearth.Worker.Models;

namespace Hearth.Worker;

/// <summary>What a worker measures; meter <c>Hearth.Worker</c>.</summary>
internal sealed class WorkerMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Hearth.Worker";

    private readonly Meter _meter;
    private readonly Histogram<double> _inference;
    private readonly Histogram<double> _assignment;
    private readonly Counter<long> _refused;
    private readonly Histogram<long> _batched;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meterName">Name of the meter.</param>
    public WorkerMetrics(string meterName = MeterName)
    {
        _meter = new Meter(meterName);
        _inference = _meter.CreateHistogram<double>("hearth_worker_inference_seconds", "s", "From an inference request's head to the end of its answer.");
        _assignment = _meter.CreateHistogram<double>("hearth_worker_assignment_seconds", "s", "Stages of an assignment's start.");
        _batched = _meter.CreateHistogram(
            "hearth_worker_batch_requests", null, "Requests that were run together", advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] });
        _refused = _meter.CreateCounter<long>("hearth_worker_refused_total", null, "Requests not started, by reason.");
    }

    /// <summary>Tells of the models that stay loaded.</summary>
    public void Observe(ResidentModels residents)
    {
        _meter.CreateObservableGauge("hearth_worker_resident_models", () => residents.Idle.Count, null, "Models that are loaded and that no assignment has.");
        _meter.CreateObservableGauge("hearth_worker_resident_bytes", () => residents.Bytes, "By", "Memory that those models take, as measured.");
    }

    /// <summary>An inference was answered.</summary>
    public void Served(TimeSpan duration) => _inference.Record(duration.TotalSeconds);

    /// <summary>An assignment became ready.</summary>
    public void Started(TimeSpan deployCode, TimeSpan deployDependency)
    {
        _assignment.Record(deployCode.TotalSeconds, new KeyValuePair<string, object?>("component", "deployCode"));
        _assignment.Record(deployDependency.TotalSeconds, new KeyValuePair<string, object?>("component", "deployDependency"));
    }

    /// <summary>So many requests were joined into one run.</summary>
    public void Batched(int requests) => _batched.Record(requests);

    /// <summary>A request was refused.</summary>
    public void Refused(RefusalReason reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
