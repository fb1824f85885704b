using System.Diagnostics.Metrics;
using Hearth.Api.Workers;
using Hearth.Gateway.Activations;
using Hearth.Gateway.Functions;
using Hearth.Gateway.Invocation;
using Hearth.Kubernetes.Controllers;

namespace Hearth.Gateway.Operations;

/// <summary>Instruments of the gateway.</summary>
internal sealed class GatewayMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Hearth.Gateway";

    // From a warm pool's milliseconds to the minutes of a large model on a new node.
    private static readonly double[] ColdStartBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

    private readonly Meter _meter;
    private readonly Histogram<double> _coldStart;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _hedgedDials;
    private readonly Counter<long> _activationFailures;
    private readonly Histogram<double> _waited;
    private readonly Counter<long> _displaced;
    private readonly Counter<long> _fallbacks;
    private readonly Histogram<double> _federationDuration;
    private readonly Counter<long> _federationRequests;
    private readonly UpDownCounter<long> _federationWaiting;

    /// <param name="meterName">Name of the meter; another than <see cref="MeterName"/> keeps the figures apart.</param>
    public GatewayMetrics(string meterName = MeterName)
    {
        _meter = new(meterName);
        _coldStart = _meter.CreateHistogram(
            "hearth_cold_start_seconds", "s", "Time of a cold start by component", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = ColdStartBuckets });
        _duration = _meter.CreateHistogram<double>(
            "hearth_gateway_request_duration_seconds", "s", "Time from a request's arrival to the end of its answer");
        _requests = _meter.CreateCounter<long>("hearth_gateway_requests_total", null, "Requests by function and outcome");
        _retries = _meter.CreateCounter<long>("hearth_gateway_retries_total", null, "Attempts that were repeated, by what the first one met");
        _hedgedDials = _meter.CreateCounter<long>(
            "hearth_gateway_hedged_dials_total", null, "Dials that were slow, so that a second worker was dialled too, by which one answered first");
        _activationFailures = _meter.CreateCounter<long>("hearth_gateway_activation_failures_total", null, "Activations that failed, by reason");
        _waited = _meter.CreateHistogram<double>("hearth_gateway_wait_seconds", "s", "Time that requests which had to wait did so until they got a worker, by priority");
        _displaced = _meter.CreateCounter<long>(
            "hearth_gateway_displaced_total", null, "Requests that waited and gave way, by priority and cause: to a higher priority, or to a function's fair share");
        _fallbacks = _meter.CreateCounter<long>(
            "hearth_gateway_fallbacks_total", null, "Requests that went to the fallback of their function, by both, what was wrong with the first, and whether the second answered");
        _federationDuration = _meter.CreateHistogram<double>(
            "hearth_gateway_federation_request_duration_seconds", "s", "Time from the arrival of a federation client's request to the end of its answer");
        _federationRequests = _meter.CreateCounter<long>("hearth_gateway_federation_requests_total", null, "Requests of clients by federation and outcome");
        _meter.CreateObservableCounter("hearth_gateway_allocated_bytes_total", static () => GC.GetTotalAllocatedBytes(), "By", "Memory that the process has allocated");
        _federationWaiting = _meter.CreateUpDownCounter<long>("hearth_gateway_federation_waiting", null, "Requests of clients that wait for an aggregator");
    }

    /// <summary>A worker became ready.</summary>
    public void OnColdStart(ColdStartBreakdown coldStart)
    {
        var path = new KeyValuePair<string, object?>("path", coldStart.Path == ColdStartPath.Pool ? "pool" : "create");
        Record("podAllocation", coldStart.PodAllocation);
        Record("deployCode", coldStart.DeployCode);
        Record("deployDependency", coldStart.DeployDependency);
        Record("scheduling", coldStart.Scheduling);
        Record("total", coldStart.Total);

        void Record(string component, TimeSpan time) => _coldStart.Record(time.TotalSeconds, new("component", component), path);
    }

    /// <summary>An activation failed.</summary>
    public void OnActivationFailed(string reason) => _activationFailures.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>An attempt is repeated.</summary>
    public void OnRetry(string cause) => _retries.Add(1, new KeyValuePair<string, object?>("cause", cause));

    /// <summary>A request got a worker after it waited.</summary>
    public void OnWaited(Priority priority, TimeSpan waited) => _waited.Record(waited.TotalSeconds, new KeyValuePair<string, object?>("priority", NameOf(priority)));

    /// <summary>A request that waited was refused for another's sake.</summary>
    public void OnDisplaced(Priority priority, string cause) => _displaced.Add(1, new("priority", NameOf(priority)), new("cause", cause));

    /// <summary>A request went to its function's fallback.</summary>
    public void OnFallback(ObjectKey function, string fallback, Outcome cause, bool isAnswered) => _fallbacks.Add(
        1, new("namespace", function.Namespace), new("function", function.Name), new("fallback", fallback), new("cause", cause.ToString()),
        new("answered", isAnswered ? "true" : "false"));

    /// <summary>Shows the memory that waiting requests hold.</summary>
    public void Observe(WaitingRoom room) =>
        _meter.CreateObservableGauge("hearth_gateway_waiting_bytes", () => room.Held, "By", "Memory that requests hold which wait for a worker");

    /// <summary>A slow dial was raced with one to a second worker.</summary>
    public void OnHedgedDial(string winner) => _hedgedDials.Add(1, new KeyValuePair<string, object?>("winner", winner));

    /// <summary>A request ended. Only functions that exist are named, so that callers cannot make up series.</summary>
    public void OnRequest(ObjectKey function, Outcome outcome, TimeSpan elapsed)
    {
        var ns = new KeyValuePair<string, object?>("namespace", function.Namespace);
        var name = new KeyValuePair<string, object?>("function", function.Name);
        _requests.Add(1, ns, name, new("outcome", outcome.ToString()));
        _duration.Record(elapsed.TotalSeconds, ns, name);
    }

    /// <summary>A request of a federation's client ended. Only federations that exist are named.</summary>
    public void OnFederationRequest(ObjectKey federation, Outcome outcome, TimeSpan elapsed)
    {
        var ns = new KeyValuePair<string, object?>("namespace", federation.Namespace);
        var name = new KeyValuePair<string, object?>("federation", federation.Name);
        _federationRequests.Add(1, ns, name, new("outcome", outcome.ToString()));
        _federationDuration.Record(elapsed.TotalSeconds, ns, name);
    }

    /// <summary>A request begins (1) or ends (-1) to wait for an aggregator.</summary>
    public void OnFederationWaiting(int change) => _federationWaiting.Add(change);

    private static string NameOf(Priority priority) => priority switch
    {
        Priority.High => "high",
        Priority.Low => "low",
        _ => "normal",
    };

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
