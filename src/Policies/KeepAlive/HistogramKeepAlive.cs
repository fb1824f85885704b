namespace Hearth.Policies.KeepAlive;

/// <summary>The hybrid histogram policy of "Serverless in the Wild" (Shahrad et al., ATC 2020, section 4.2), one histogram per function.</summary>
/// <remarks>
/// <list type="number">
/// <item>Half of the idle times or more beyond four hours: a forecast f instead, warm in f ± 15 %. The paper fits an ARIMA model; this is the member
/// ARIMA(0,1,1) with a fixed coefficient.</item>
/// <item>Counts that vary too little between bins (CV below 2) represent nothing yet: warm for the whole range.</item>
/// <item>Else warm from the head (5th percentile, less 10 %) to the tail (99th, plus 10 %). A head in the first minute keeps the worker without a gap.</item>
/// </list>
/// Convention: both ends count from the end of the last request. In the paper's words the keep-alive starts at the pre-warm instant, so its length is
/// the difference of the two.
/// </remarks>
public sealed class HistogramKeepAlive : IKeepAlivePolicy
{
    private const double OutOfBoundsShare = 0.5;
    private const double MinVariation = 2;
    private const double ForecastMargin = 0.15;
    private const double Margin = 0.10;
    private const double Head = 0.05;
    private const double Tail = 0.99;

    /// <summary>What applies while the histogram says nothing: its range.</summary>
    public static readonly TimeSpan Range = TimeSpan.FromMinutes(MinuteHistogram.Bins);

    /// <inheritdoc/>
    public KeepAliveDecision Decide(IdleHistory history, int rank)
    {
        var minutes = history.Minutes;
        var all = minutes.InRange + minutes.OutOfBounds;
        if (all > 0 && minutes.OutOfBounds >= OutOfBoundsShare * all)
            return Between(minutes.Forecast * (1 - ForecastMargin), minutes.Forecast * (1 + ForecastMargin));
        if (minutes.Variation < MinVariation)
            return new(Range, Note: "The idle times seen so far do not tell when the next request comes: the whole range of four hours applies.");
        var head = minutes.Quantile(Head) * 60 * (1 - Margin);
        var tail = (minutes.Quantile(Tail) + 1) * 60 * (1 + Margin);
        return head > 0 ? Between(head, tail) : new(TimeSpan.FromSeconds(tail));
    }

    private static KeepAliveDecision Between(double start, double end) =>
        new(TimeSpan.Zero, new IdleSpan(TimeSpan.FromSeconds(start), TimeSpan.FromSeconds(end)));
}
