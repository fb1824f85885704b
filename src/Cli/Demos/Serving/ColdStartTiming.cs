using System.Globalization;

namespace Hearth.Cli.Demos.Serving;

/// <summary>The parts of a cold start in milliseconds, as the gateway reports them.</summary>
/// <param name="Path"><c>pool</c> or <c>create</c>.</param>
/// <param name="PodAllocation">Claiming or creating the pod.</param>
/// <param name="DeployCode">Fetching the artifact.</param>
/// <param name="DeployDependency">Opening the runtime and building the session.</param>
/// <param name="Scheduling">Queueing and routing around it.</param>
/// <param name="Total">All of it.</param>
internal sealed record ColdStartTiming(
    string Path, double PodAllocation, double DeployCode, double DeployDependency, double Scheduling, double Total)
{
    /// <summary>Reads the headers <c>Hearth-Cold-Start</c> and <c>Server-Timing</c>; null when the request found a worker.</summary>
    public static ColdStartTiming? Read(string? coldStart, IEnumerable<string> serverTiming)
    {
        if (coldStart is null)
            return null;
        var durations = new Dictionary<string, double>();
        foreach (var metric in serverTiming.SelectMany(h => h.Split(',')))
        {
            if (metric.Split(';', StringSplitOptions.TrimEntries) is [var name, .. var parameters]
                && parameters.FirstOrDefault(p => p.StartsWith("dur=", StringComparison.Ordinal)) is { } duration)
            {
                durations[name] = double.Parse(duration.AsSpan("dur=".Length), CultureInfo.InvariantCulture);
            }
        }
        return new(coldStart, Of("podAllocation"), Of("deployCode"), Of("deployDependency"), Of("scheduling"), Of("total"));

        double Of(string name) => durations.GetValueOrDefault(name);
    }
}
