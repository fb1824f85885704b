using System.Globalization;
using Hearth.Api;
using Hearth.Api.Workers;
using Microsoft.AspNetCore.Http;

namespace Hearth.Gateway.Activations;

/// <summary>Where the time of one request's wait for a worker went.</summary>
/// <param name="Path">How the worker was got.</param>
/// <param name="PodAllocation">Claiming or creating the pod.</param>
/// <param name="DeployCode">Fetching the artifact.</param>
/// <param name="DeployDependency">Opening the runtime and building the session.</param>
/// <param name="Scheduling">The rest of the wait.</param>
/// <param name="Total">The wait.</param>
internal sealed record ColdStartBreakdown(
    ColdStartPath Path, TimeSpan PodAllocation, TimeSpan DeployCode, TimeSpan DeployDependency, TimeSpan Scheduling, TimeSpan Total)
{
    /// <summary>
    /// The breakdown for a request that waited <paramref name="untilReady"/> for the worker to be ready and then <paramref name="afterReady"/> for its turn.
    /// A request that came when the activation was under way saw only the end of it, so the parts are counted backwards: session, artifact, pod.
    /// </summary>
    public static ColdStartBreakdown Make(ActivationTiming timing, TimeSpan untilReady, TimeSpan afterReady)
    {
        var left = untilReady;
        var dependency = Take(timing.DeployDependency);
        var code = Take(timing.DeployCode);
        var pod = Take(timing.PodAllocation);
        return new(timing.Path, pod, code, dependency, left + afterReady, untilReady + afterReady);

        TimeSpan Take(TimeSpan part)
        {
            var taken = part < left ? part : left;
            left -= taken;
            return taken;
        }
    }

    /// <summary>Tells the caller in <c>Hearth-Cold-Start</c> and, in milliseconds, in <c>Server-Timing</c> behind what the function reports there.</summary>
    public void WriteTo(IHeaderDictionary headers)
    {
        headers[HearthHeaders.ColdStart] = Path == ColdStartPath.Pool ? "pool" : "create";
        headers.Append("Server-Timing", string.Create(
            CultureInfo.InvariantCulture,
            $"podAllocation;dur={PodAllocation.TotalMilliseconds:0.###}, deployCode;dur={DeployCode.TotalMilliseconds:0.###}, "
            + $"deployDependency;dur={DeployDependency.TotalMilliseconds:0.###}, scheduling;dur={Scheduling.TotalMilliseconds:0.###}, "
            + $"total;dur={Total.TotalMilliseconds:0.###}"));
    }

    /// <summary>The record for the function's status.</summary>
    public ColdStart ToColdStart(DateTimeOffset time) => new()
    {
        Path = Path,
        PodAllocation = PodAllocation,
        DeployCode = DeployCode,
        DeployDependency = DeployDependency,
        Scheduling = Scheduling,
        Total = Total,
        Time = time,
    };
}
