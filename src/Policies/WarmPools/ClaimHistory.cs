namespace Hearth.Policies.WarmPools;

/// <summary>Claims of one pool: what the last hour showed, and what this hour of the day usually shows. A fixed amount of memory whatever the traffic.</summary>
/// <remarks>Forecasting claims of a resource class directly, not invocations, is recommendation 1 of "Serverless Cold Starts and Where to Find Them".</remarks>
public sealed class ClaimHistory
{
    private const int Buckets = 24 * 12;
    private const double DayWeight = 0.3;

    private static readonly TimeSpan Bucket = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(10);

    private readonly double[] _days = new double[Buckets];
    private readonly bool[] _isKnown = new bool[Buckets];
    private double _rate;
    private double _current;
    private long? _bucket;
    private DateTimeOffset? _at;

    /// <summary>Adds <paramref name="claims"/> seen since the last call. Times must not go backwards.</summary>
    public void Record(DateTimeOffset now, long claims)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(claims);
        _rate = RateAt(now) + (claims / Recent.TotalSeconds);
        _at = now;
        var bucket = now.UtcTicks / Bucket.Ticks;
        for (; _bucket < bucket; _bucket++)
        {
            Close((int)(_bucket.Value % Buckets));
            // What lies more than a day back has been folded already.
            if (bucket - _bucket.Value > Buckets)
                _bucket = bucket - Buckets;
        }
        _bucket ??= bucket;
        _current += claims;
    }

    /// <summary>Claims to expect in a time from <paramref name="now"/> on: by the recent rate or by the time of day, whichever is more.</summary>
    public double Expect(DateTimeOffset now, TimeSpan ahead)
    {
        var recent = RateAt(now) * ahead.TotalSeconds;
        var usual = 0.0;
        for (var time = now; time < now + ahead; time += Bucket)
        {
            var bucket = (int)(time.UtcTicks / Bucket.Ticks % Buckets);
            var part = now + ahead - time < Bucket ? (now + ahead - time) / Bucket : 1;
            usual += _isKnown[bucket] ? _days[bucket] * part : 0;
        }
        return Math.Max(recent, usual);
    }

    private double RateAt(DateTimeOffset now) => _at is { } at ? _rate * Math.Exp(-(now - at) / Recent) : 0;

    private void Close(int bucket)
    {
        _days[bucket] = _isKnown[bucket] ? _days[bucket] + (DayWeight * (_current - _days[bucket])) : _current;
        _isKnown[bucket] = true;
        _current = 0;
    }
}
