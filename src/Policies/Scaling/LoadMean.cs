namespace Hearth.Policies.Scaling;

/// <summary>Means of a load over an exponentially fading past.</summary>
/// <param name="fading">Time after which what was seen weighs 1/e.</param>
public sealed class LoadMean(TimeSpan fading)
{
    private DateTimeOffset? _at;
    private double _level;
    private double _mean;
    private double _starts;

    /// <summary>Sets the requests in flight from <paramref name="now"/> on. Times must not go backwards.</summary>
    /// <param name="now">The time.</param>
    /// <param name="level">Requests in flight, in workers.</param>
    /// <param name="starts">Requests that arrived since the last call, in workers' units.</param>
    public void Record(DateTimeOffset now, double level, double starts)
    {
        (_mean, _starts) = At(now);
        _starts += starts / fading.TotalSeconds;
        (_at, _level) = (now, level);
    }

    /// <summary>The mean level and the starts per second, as of <paramref name="now"/>.</summary>
    public (double Level, double StartsPerSecond) At(DateTimeOffset now)
    {
        var kept = _at is { } at ? Math.Exp(-(now - at) / fading) : 0;
        return ((_mean * kept) + (_level * (1 - kept)), _starts * kept);
    }
}
