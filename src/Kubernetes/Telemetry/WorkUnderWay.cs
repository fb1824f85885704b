using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Hearth.Kubernetes.Telemetry;

/// <summary>Queues that tell how long their items have been worked on, asked whenever metrics are read.</summary>
internal static class WorkUnderWay
{
    private static readonly ConcurrentDictionary<object, (KeyValuePair<string, object?>[] Labels, Func<(double Sum, double Longest)> Seconds)> Queues = new();

    public static void Add(object queue, KeyValuePair<string, object?>[] labels, Func<(double Sum, double Longest)> seconds) => Queues[queue] = (labels, seconds);

    public static void Remove(object queue) => Queues.TryRemove(queue, out _);

    public static IEnumerable<Measurement<double>> Sums() => Queues.Values.Select(q => new Measurement<double>(q.Seconds().Sum, q.Labels));

    public static IEnumerable<Measurement<double>> Longest() => Queues.Values.Select(q => new Measurement<double>(q.Seconds().Longest, q.Labels));
}
