namespace Hearth.Benchmarks.Gateway;

/// <summary>What a load measured.</summary>
/// <param name="Requests">Requests that were answered.</param>
/// <param name="Failed">Requests that were not, or with another status than 200.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="LatenciesMs">Time from when each request was due to the end of its answer, ascending.</param>
/// <param name="Parts">The same by the tenth of a second in which a request was due.</param>
internal sealed record LoadResult(long Requests, long Failed, double Seconds, double[] LatenciesMs, IReadOnlyList<double[]> Parts)
{
    /// <summary>Answers a second.</summary>
    public double PerSecond => Requests / Seconds;

    /// <summary>The latency that all but a share of the requests stayed within.</summary>
    public double Percentile(double share) => Percentile(LatenciesMs, share);

    /// <summary>The same of one part.</summary>
    /// <param name="latencies">Latencies, ascending.</param>
    /// <param name="share">The share.</param>
    public static double Percentile(double[] latencies, double share) => latencies.Length == 0 ? double.NaN : latencies[(int)(share * (latencies.Length - 1))];
}
