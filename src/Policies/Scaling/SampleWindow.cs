namespace Hearth.Policies.Scaling;

/// <summary>The latest samples of a value, in a ring: a fixed amount of memory whatever the traffic.</summary>
/// <param name="capacity">Samples kept; the oldest is overwritten.</param>
public sealed class SampleWindow(int capacity)
{
    private readonly (DateTimeOffset Time, double Value)[] _ring = new (DateTimeOffset, double)[capacity];
    private int _next;
    private int _count;

    /// <summary>Adds a sample. Times must not go backwards.</summary>
    public void Add(DateTimeOffset time, double value)
    {
        _ring[_next] = (time, value);
        _next = (_next + 1) % _ring.Length;
        _count = Math.Min(_count + 1, _ring.Length);
    }

    /// <summary>
    /// Mean of the samples later than <paramref name="now"/> less <paramref name="window"/>, and the time they cover. As in Knative, a history shorter
    /// than the window is averaged over its own length, so that a new function is not diluted by a past it did not have.
    /// </summary>
    public (double? Mean, TimeSpan Span) Average(DateTimeOffset now, TimeSpan window)
    {
        var (sum, count, oldest) = (0.0, 0, now);
        for (var back = 1; back <= _count; back++)
        {
            var (time, value) = _ring[(_next - back + _ring.Length) % _ring.Length];
            if (time <= now - window)
                break;
            (sum, count, oldest) = (sum + value, count + 1, time);
        }
        return count == 0 ? (null, TimeSpan.Zero) : (sum / count, now - oldest);
    }
}
