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
        var count = _counts[(int)idle.TotalMinutes]++;
        _squares += (2 * count) + 1;
        InRange++;
    }

    /// <summary>The bin in which the share <paramref name="quantile"/> of the idle times in range is reached.</summary>
    public int Quantile(double quantile)
    {
        var (sum, bin) = (_counts[0], 0);
        while (bin < Bins - 1 && (sum == 0 || sum < quantile * InRange))
            sum += _counts[++bin];
        return bin;
    }
}
