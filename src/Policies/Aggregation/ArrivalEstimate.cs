namespace Hearth.Policies.Aggregation;

/// <summary>How many updates a round brings, as an exponentially weighted mean of the rounds so far (LIFL, MLSys 2024).</summary>
/// <param name="Updates">The estimate; null before the first round.</param>
public readonly record struct ArrivalEstimate(double? Updates = null)
{
    /// <summary>LIFL's weight. Whether it is that of the new round, as here, or of those before, its sources do not agree on.</summary>
    public const double DefaultAlpha = 0.7;

    /// <summary>The estimate after another round.</summary>
    /// <param name="received">Updates it brought.</param>
    /// <param name="alpha">Weight of this round against all before, more than 0 and at most 1.</param>
    public ArrivalEstimate After(double received, double alpha = DefaultAlpha) =>
        new(Updates is { } before ? (alpha * received) + ((1 - alpha) * before) : received);

    /// <summary>Updates of the next round: the estimate, and before there is one the clients that have joined; within what a round takes.</summary>
    /// <param name="joined">Clients that have joined.</param>
    /// <param name="min">Updates that a round waits for.</param>
    /// <param name="max">Updates that a round takes; null for all.</param>
    public double Expect(int joined, int min, int? max) => Math.Min(Math.Max(Updates ?? joined, min), max ?? double.MaxValue);
}
