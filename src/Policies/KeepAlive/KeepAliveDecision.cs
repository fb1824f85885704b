namespace Hearth.Policies.KeepAlive;

/// <summary>When an unused worker is there. All times count from the end of its last request.</summary>
/// <param name="Duration">How long it stays; zero gives it back at once.</param>
/// <param name="PreWarm">When one is made ready again before anybody asks; null for never.</param>
/// <param name="Note">For people: why it is not what the policy's name says; null when it is.</param>
public readonly record struct KeepAliveDecision(TimeSpan Duration, IdleSpan? PreWarm = null, string? Note = null)
{
    /// <summary>Whether a worker is there after <paramref name="idle"/> without a request.</summary>
    public bool IsWarmAfter(TimeSpan idle) => idle <= Duration || (PreWarm is { } window && idle >= window.Start && idle <= window.End);

    /// <summary>Time for which a worker is there within the first <paramref name="idle"/> of an idle time.</summary>
    public TimeSpan WarmWithin(TimeSpan idle)
    {
        var warm = Duration < idle ? Duration : idle;
        if (PreWarm is { } window && window.End > Duration && idle > window.Start)
            warm += (window.End < idle ? window.End : idle) - (window.Start > Duration ? window.Start : Duration);
        return warm > TimeSpan.Zero ? warm : TimeSpan.Zero;
    }
}
