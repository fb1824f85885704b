namespace Hearth.Policies.KeepAlive;

/// <summary>
/// The price of a cold start, steered so that the idle time spent follows what <see cref="FixedKeepAlive"/> would have spent on the very same idle times.
/// One budget is shared by all functions that compete for the same machines, so that it is spent where it saves most cold starts.
/// </summary>
/// <remarks>
/// Integral control on the logarithm of the price: each entry moves it by a gain times the logarithm of allowed ÷ spent, both faded over the last
/// <c>1 / (1 − Fading)</c> entries. What a decision costs is known only after its duration, so the gain over that time is bounded: a faster loop would
/// swing. A price cannot become negative, and without news it stays.
/// </remarks>
/// <param name="share">Share of the spending of Fixed that is allowed.</param>
public sealed class IdleBudget(double share)
{
    private const double Fading = 0.998;
    private const double Gain = 0.003;
    private const double GainPerDuration = 0.3;
    private const double MaxFactor = 100;

    private double _allowed;
    private double _spent;
    private DateTimeOffset? _at;

    /// <summary>
    /// Idle time that one average cold start is worth, in units of the function's duration. It begins at 1, the break-even of renting against buying.
    /// </summary>
    public double Factor { get; private set; } = 1;

    /// <summary>Takes note of an idle time that has run its course, or of a part of one.</summary>
    /// <param name="now">The time.</param>
    /// <param name="duration">Keep-alive time of Fixed.</param>
    /// <param name="reference">What Fixed would have spent.</param>
    /// <param name="spent">What was spent.</param>
    public void Record(DateTimeOffset now, TimeSpan duration, TimeSpan reference, TimeSpan spent)
    {
        _allowed = (_allowed * Fading) + (reference.TotalSeconds * share);
        _spent = (_spent * Fading) + spent.TotalSeconds;
        var step = Math.Clamp(Math.Log((_allowed + 1) / (_spent + 1)), -1, 1);
        var passed = _at is { } at && now > at ? now - at : TimeSpan.Zero;
        _at = now;
        Factor = Math.Clamp(Factor * Math.Exp(GainAfter(passed, duration) * step), 1 / MaxFactor, MaxFactor);
    }

    private static double GainAfter(TimeSpan passed, TimeSpan duration) =>
        duration > TimeSpan.Zero ? Math.Min(Gain, GainPerDuration * (passed / duration)) : 0;
}
