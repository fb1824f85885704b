namespace Hearth.Policies.KeepAlive;

/// <summary>The state of the hybrid histogram ("Serverless in the Wild", ATC 2020): minutes up to four hours, what lay beyond, and a forecast.</summary>
public sealed class MinuteHistogram
{
    /// <summary>Bins of one minute each.</summary>
    public const int Bins = 240;

    private const double Smoothing = 0.3;

    private readonly int[] _counts = new int[Bins];
    private double _squares;

    /// <summary>Idle times within the range.</summary>
    public int InRange { get; private set; }

    /// <summary>Idle times beyond the range.</summary>
    public int OutOfBounds { get; private set; }

    /// <summary>Forecast of the next idle time in seconds: ARIMA(0,1,1), which is exponential smoothing; 0 before the first one.</summary>
    public double Forecast { get; private set; }

    /// <summary>Standard deviation of the bins' counts over their mean; 0 without an idle time in range.</summary>
    public double Variation
    {
        get
        {
            var mean = InRange / (double)Bins;
            return InRange == 0 ? 0 : Math.Sqrt(Math.Max(0, (_squares / Bins) - (mean * mean))) / mean;
        }
    }

    /// <summary>Adds an idle time.</summary>
    public void Add(TimeSpan idle)
    {
        Forecast = InRange + OutOfBounds == 0 ? idle.TotalSeconds : Forecast + (Smoothing * (idle.TotalSeconds - Forecast));
        if (idle.TotalMinutes >= Bins)
        {
            OutOfBounds++;
            return;
        }
        Restore((int)idle.TotalMinutes, 1);
    }

    /// <summary>Adds so many idle times of a minute, without a word on the next one.</summary>
    internal void Restore(int minute, int count)
    {
        double before = _counts[minute];
        _counts[minute] += count;
        _squares += count * ((2 * before) + count);
        InRange += count;
    }

    /// <summary>Sets what lay beyond, and the forecast, as they were.</summary>
    internal void RestoreRest(int outOfBounds, double forecast) => (OutOfBounds, Forecast) = (outOfBounds, forecast);

    /// <summary>Idle times of a minute.</summary>
    internal double CountOf(int minute) => _counts[minute];

    /// <summary>The bin in which the share <paramref name="quantile"/> of the idle times in range is reached.</summary>
    public int Quantile(double quantile)
    {
        var (sum, bin) = (_counts[0], 0);
        while (bin < Bins - 1 && (sum == 0 || sum < quantile * InRange))
            sum += _counts[++bin];
        return bin;
    }
}
