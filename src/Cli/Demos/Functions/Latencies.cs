namespace Hearth.Cli.Demos.Functions;

/// <summary>Quantiles of measured times, by the nearest rank. Pure.</summary>
internal static class Latencies
{
    /// <summary>The time that a share of <paramref name="quantile"/> of the values does not exceed.</summary>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static double Quantile(IReadOnlyList<double> values, double quantile)
    {
        if (values.Count == 0)
            throw new ArgumentException("no values to take a quantile of", nameof(values));
        var rank = (int)Math.Ceiling(quantile * values.Count);
        return values.Order().ElementAt(Math.Clamp(rank - 1, 0, values.Count - 1));
    }

    /// <summary>The middle value, or the mean of the two in the middle.</summary>
    public static double Median(IReadOnlyList<double> values) =>
        (Quantile(values, 0.5) + values.OrderDescending().ElementAt(Math.Max((values.Count + 1) / 2, 1) - 1)) / 2;
}
