using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Hearth.Kubernetes.Telemetry;

/// <summary>What Prometheus' own clients tell of a process, under the same names.</summary>
internal static class ProcessMetrics
{
    private const string Descriptors = "/proc/self/fd";
    private static readonly Meter Meter = new("Hearth.Process");
    private static readonly double StartedAt = StartTime();

    /// <summary>Makes the instruments; once is enough.</summary>
    public static void Start()
    {
    }

    static ProcessMetrics()
    {
        Meter.CreateObservableCounter("process_cpu_seconds_total", () => Environment.CpuUsage.TotalTime.TotalSeconds, description: "Time on processors.");
        Meter.CreateObservableGauge("process_resident_memory_bytes", () => Environment.WorkingSet, description: "Memory that the process holds.");
        Meter.CreateObservableGauge("process_start_time_seconds", () => StartedAt, description: "When the process started, since the Unix epoch.");
        if (Directory.Exists(Descriptors))
            Meter.CreateObservableGauge("process_open_fds", () => (long)Directory.GetFileSystemEntries(Descriptors).Length, description: "Open file descriptors.");
    }

    private static double StartTime()
    {
        using var self = Process.GetCurrentProcess();
        return (self.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds;
    }
}
