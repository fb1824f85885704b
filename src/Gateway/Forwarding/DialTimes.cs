namespace Hearth.Gateway.Forwarding;

/// <summary>After what time a dial is slow, from how long dials took. Thread-safe.</summary>
/// <remarks>
/// TCP's own estimate of when to try again (Jacobson and Karels, 1988; RFC 6298): the mean and four times the mean deviation, both exponentially weighted. One
/// outlier, such as the second after which a lost first packet is sent again, counts as twice the estimate at most.
/// </remarks>
internal sealed class DialTimes
{
    private const double MeanWeight = 1.0 / 8;
    private const double DeviationWeight = 1.0 / 4;
    private static readonly TimeSpan Unknown = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private double _mean;
    private double _deviation;
    private bool _hasSample;

    /// <summary>A dial that takes longer is slow. 50 ms until one was measured; between 5 and 500 ms.</summary>
    public TimeSpan Slow { get; private set; } = Unknown;

    /// <summary>A connection was made.</summary>
    public void Record(TimeSpan elapsed)
    {
        lock (_gate)
        {
            var sample = Math.Min(elapsed.TotalSeconds, Slow.TotalSeconds * 2);
            _deviation = _hasSample ? _deviation + (DeviationWeight * (Math.Abs(sample - _mean) - _deviation)) : sample / 2;
            _mean = _hasSample ? _mean + (MeanWeight * (sample - _mean)) : sample;
            _hasSample = true;
            var slow = TimeSpan.FromSeconds(_mean + (4 * _deviation));
            Slow = slow < Least ? Least : slow > Most ? Most : slow;
        }
    }
}
