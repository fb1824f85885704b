namespace Hearth.Gateway.Functions;

/// <summary>How long workers take for a request, as an exponentially weighted mean. Not thread-safe.</summary>
internal sealed class ServiceTime
{
    // The last 10 requests carry two thirds of the weight.
    private const double Weight = 0.1;

    private double _mean;
    private bool _hasSample;

    /// <summary>Takes one measurement.</summary>
    public void Record(TimeSpan elapsed)
    {
        _mean = _hasSample ? _mean + (Weight * (elapsed.TotalSeconds - _mean)) : elapsed.TotalSeconds;
        _hasSample = true;
    }

    /// <summary>How long a request that comes behind <paramref name="queued"/> others waits when <paramref name="slots"/> serve them.</summary>
    public TimeSpan EstimateWait(int queued, int slots) => TimeSpan.FromSeconds(slots == 0 ? 0 : _mean * (queued + 1) / slots);
}
