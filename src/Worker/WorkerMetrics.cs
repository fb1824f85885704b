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
    private readonly Counter<long> _artifactHits;
    private readonly Counter<long> _artifactMisses;
    private readonly Counter<long> _artifactEvictions;
    private readonly Gauge<long> _artifactBytes;
    private readonly Histogram<double> _artifactFetch;
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
        _artifactHits = _meter.CreateCounter<long>("hearth_artifact_cache_hits_total", null, "Artifacts that the cache had.");
        _artifactMisses = _meter.CreateCounter<long>("hearth_artifact_cache_misses_total", null, "Artifacts that were fetched, by the URI's scheme.");
        _artifactEvictions = _meter.CreateCounter<long>("hearth_artifact_cache_evictions_total", null, "Artifacts that this worker removed to make room.");
        _artifactBytes = _meter.CreateGauge<long>("hearth_artifact_cache_bytes", "By", "Size of the cache, which a node's workers may share, when this one last wrote to it.");
        _artifactFetch = _meter.CreateHistogram<double>("hearth_artifact_fetch_seconds", "s", "From the request for an artifact to its being in the cache, by the URI's scheme.");
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

    /// <summary>The cache had an artifact.</summary>
    public void ArtifactHit() => _artifactHits.Add(1);

    /// <summary>An artifact was fetched.</summary>
    public void ArtifactFetched(string scheme, TimeSpan duration)
    {
        _artifactMisses.Add(1, new KeyValuePair<string, object?>("scheme", scheme));
        _artifactFetch.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("scheme", scheme));
    }

    /// <summary>An artifact was removed to make room.</summary>
    public void ArtifactEvicted() => _artifactEvictions.Add(1);

    /// <summary>The cache has this size.</summary>
    public void ArtifactBytes(long bytes) => _artifactBytes.Record(bytes);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
