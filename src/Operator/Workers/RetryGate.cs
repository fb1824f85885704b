namespace Hearth.Operator.Workers;

/// <summary>
/// Keeps something that fails from being tried again at once: shut for a while after a failure, twice as long after each further one, 5 min at most.
/// Five minutes without a failure after it opened, and it starts anew.
/// </summary>
/// <param name="first">The wait after the first failure; null for 10 s.</param>
internal sealed class RetryGate(TimeSpan? first = null)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    // A wait of a second or more, doubled so often, is past the longest.
    private const int MostDoublings = 9;

    private readonly TimeSpan _first = first ?? TimeSpan.FromSeconds(10);
    private int _failures;

    /// <summary>When the next try may be made; null for at once.</summary>
    public DateTimeOffset? OpensAt { get; private set; }

    /// <summary>Whether a failure now would count as the first.</summary>
    public bool IsForgiven(DateTimeOffset now) => !(now <= OpensAt + Longest);

    /// <summary>Takes note of a failure.</summary>
    public void Fail(DateTimeOffset now)
    {
        if (IsForgiven(now))
            _failures = 0;
        var wait = _first * (1 << Math.Min(_failures++, MostDoublings));
        OpensAt = now + (wait < Longest ? wait : Longest);
    }

    /// <summary>Takes note of a success.</summary>
    public void Reset() => (_failures, OpensAt) = (0, null);
}
