namespace Hearth.Benchmarks.Gateway;

/// <summary>What a load measured.</summary>
/// <param name="Requests">Requests that were answered.</param>
/// <param name="Failed">Requests that were not, or with another status than 200.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="LatenciesMs">Time from when each request was due to the end of its answer, ascending.</param>
internal sealed record LoadResult(long Requests, long Failed, double Seconds, double[] LatenciesMs)
{
    /// <summary>Answers a second.</summary>
    public double PerSecond => Requests / Seconds;

    /// <summary>The latency that all but a share of the requests stayed within.</summary>
    public double Percentile(double share) => LatenciesMs.Length == 0 ? double.NaN : LatenciesMs[(int)(share * (LatenciesMs.Length - 1))];
}
