namespace Hearth.Gateway.Functions;

/// <summary>How long something took the last times. Not thread-safe.</summary>
internal sealed class RecentTimes
{
    // Enough for a tenth of them to be three, few enough to follow a change within a second of a busy function.
    private const int Kept = 32;

    // Most functions of a cluster are not called: they keep nothing.
    private float[] _seconds = [];
    private int _next;

    /// <summary>How many are known.</summary>
    public int Count { get; private set; }

    /// <summary>Takes one measurement.</summary>
    public void Record(TimeSpan elapsed)
    {
        if (_seconds.Length == 0)
            _seconds = new float[Kept];
        _seconds[_next] = (float)elapsed.TotalSeconds;
        _next = (_next + 1) % Kept;
        Count = Math.Min(Count + 1, Kept);
    }

    /// <summary>The mean; 0 when nothing is known.</summary>
    public TimeSpan Mean
    {
        get
        {
            var sum = 0.0;
            for (var i = 0; i < Count; i++)
                sum += _seconds[i];
            return Count == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(sum / Count);
        }
    }

    /// <summary>What nine of ten took at least: who has less time left has no chance worth a place in line. 0 when nothing is known.</summary>
    public TimeSpan Quick
    {
        get
        {
            if (Count == 0)
                return TimeSpan.Zero;
            Span<float> sorted = stackalloc float[Kept];
            _seconds.AsSpan(0, Count).CopyTo(sorted);
            sorted = sorted[..Count];
            sorted.Sort();
            return TimeSpan.FromSeconds(sorted[Count / 10]);
        }
    }
}
