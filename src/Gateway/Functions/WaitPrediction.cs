namespace Hearth.Gateway.Functions;

/// <summary>Predicts how long a request waits for a slot. Pure.</summary>
/// <remarks>
/// Slots that are held end one after the other, one each (service time ÷ slots); a worker on its way adds its slots when it is ready. Slots are those that this
/// gateway holds, not those that the workers have: while requests wait that is all it gets, also when other gateways hold the rest.
/// </remarks>
internal readonly record struct WaitPrediction
{
    /// <summary>Requests that get a slot first.</summary>
    public required int Ahead { get; init; }

    /// <summary>Mean time that a request holds a slot; 0 when it is not known.</summary>
    public required TimeSpan Service { get; init; }

    /// <summary>Slots that are held now.</summary>
    public required int Slots { get; init; }

    /// <summary>Slots that workers on their way will bring.</summary>
    public required int Coming { get; init; }

    /// <summary>Time until they do; 0 when it is not known.</summary>
    public required TimeSpan UntilComing { get; init; }

    /// <summary>The wait; 0 when nothing is known that would make it longer.</summary>
    public TimeSpan Wait
    {
        get
        {
            var turns = Ahead + 1.0;
            var service = Service.TotalSeconds;
            if (Coming == 0)
                return Slots == 0 ? TimeSpan.Zero : Seconds(turns * service / Slots);
            var until = UntilComing.TotalSeconds;
            var endedByThen = Slots == 0 ? 0 : service == 0 ? turns : until * Slots / service;
            if (endedByThen >= turns)
                return Seconds(turns * service / Slots);
            // The new slots are free at once, so only what is left beyond them waits.
            var left = Math.Max(0, turns - endedByThen - Coming);
            return Seconds(until + (left * service / ((double)Slots + Coming)));
        }
    }

    // A week is as good as never, and what is added to it does not overflow.
    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Min(seconds, 7 * 24 * 3600));
}
