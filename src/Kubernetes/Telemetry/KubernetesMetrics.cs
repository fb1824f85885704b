using System.Diagnostics.Metrics;

namespace Hearth.Kubernetes.Telemetry;

/// <summary>This project's instruments. Names and labels are those of client-go and controller-runtime, so their dashboards work.</summary>
internal static class KubernetesMetrics
{
    private static readonly Meter Meter = new("Hearth.Kubernetes");

    // The buckets of controller-runtime: reconciles from milliseconds to minutes, queues from nanoseconds up.
    private static readonly InstrumentAdvice<double> ReconcileBuckets = new()
    {
        HistogramBucketBoundaries =
            [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60],
    };

    private static readonly InstrumentAdvice<double> QueueBuckets = new()
    {
        HistogramBucketBoundaries = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000],
    };

    // Those of client-go.
    private static readonly InstrumentAdvice<double> RequestBuckets = new()
    {
        HistogramBucketBoundaries = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60],
    };

    public static readonly Counter<long> RestRequests = Meter.CreateCounter<long>(
        "rest_client_requests_total", description: "Requests to the API server by answer, verb and host.");

    public static readonly Histogram<double> RestDuration = Meter.CreateHistogram(
        "rest_client_request_duration_seconds", description: "Time until the API server begins to answer.", advice: RequestBuckets);

    public static readonly Histogram<double> RestRateLimiterDuration = Meter.CreateHistogram(
        "rest_client_rate_limiter_duration_seconds", description: "Time a request is held back by the client's own rate limit.", advice: RequestBuckets);

    public static readonly Counter<long> RestRetries = Meter.CreateCounter<long>(
        "rest_client_request_retries_total", description: "Requests sent again because the API server was busy.");

    public static readonly Counter<long> InformerFailures = Meter.CreateCounter<long>(
        "hearth_informer_failures_total", description: "Lists and watches that failed, by kind and reason; each was tried again.");

    public static readonly UpDownCounter<long> QueueDepth = Meter.CreateUpDownCounter<long>(
        "workqueue_depth", description: "Items that wait in the work queue.");

    public static readonly Counter<long> QueueAdds = Meter.CreateCounter<long>(
        "workqueue_adds_total", description: "Items added to the work queue.");

    public static readonly Counter<long> QueueRetries = Meter.CreateCounter<long>(
        "workqueue_retries_total", description: "Items added to the work queue again with back-off.");

    public static readonly Histogram<double> QueueDuration = Meter.CreateHistogram(
        "workqueue_queue_duration_seconds", description: "Time an item waits in the work queue.", advice: QueueBuckets);

    public static readonly Histogram<double> WorkDuration = Meter.CreateHistogram(
        "workqueue_work_duration_seconds", description: "Time an item is worked on.", advice: QueueBuckets);

    public static readonly ObservableGauge<double> UnfinishedWork = Meter.CreateObservableGauge(
        "workqueue_unfinished_work_seconds", WorkUnderWay.Sums, description: "Time that items under way have been worked on, added up: it grows while workers are stuck.");

    public static readonly ObservableGauge<double> LongestRunning = Meter.CreateObservableGauge(
        "workqueue_longest_running_processor_seconds", WorkUnderWay.Longest, description: "Time that the item longest under way has been worked on.");

    public static readonly Counter<long> Reconciles = Meter.CreateCounter<long>(
        "controller_runtime_reconcile_total", description: "Reconciles by controller and result.");

    public static readonly Counter<long> ReconcileErrors = Meter.CreateCounter<long>(
        "controller_runtime_reconcile_errors_total", description: "Reconciles that failed.");

    public static readonly Counter<long> ReconcilePanics = Meter.CreateCounter<long>(
        "controller_runtime_reconcile_panics_total", description: "Reconciles that ended in an exception no controller should throw.");

    public static readonly Gauge<long> MaxConcurrentReconciles = Meter.CreateGauge<long>(
        "controller_runtime_max_concurrent_reconciles", description: "Reconciles that may run at once.");

    public static readonly Histogram<double> ReconcileTime = Meter.CreateHistogram(
        "controller_runtime_reconcile_time_seconds", description: "Time of one reconcile.", advice: ReconcileBuckets);

    public static readonly UpDownCounter<long> ActiveWorkers = Meter.CreateUpDownCounter<long>(
        "controller_runtime_active_workers", description: "Workers that reconcile now.");

    public static readonly Gauge<long> LeaderElectionStatus = Meter.CreateGauge<long>(
        "leader_election_master_status", description: "1 while this process leads, by lease.");
}
