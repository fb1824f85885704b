namespace Hearth.Operator.Workers;

/// <summary>
/// Keeps something that fails from being tried again at once: shut for some time after a failure, twice as long after each further one, 5 min at most.
/// Five minutes without a failure after it opened, and it starts anew.
/// </summary>
/// <param name="first">How long it is shut after the first failure.</param>
internal sealed class RetryGate(TimeSpan first)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    // A second doubled nine times is past the longest wait.
    private const int MostDoublings = 9;

    private int _failures;

    /// <summary>Shut for 10 s after the first failure.</summary>
    public RetryGate()
        : this(TimeSpan.FromSeconds(10))
    {
    }

    /// <summary>When the next try may be made; null for at once.</summary>
    public DateTimeOffset? OpensAt { get; private set; }

    /// <summary>Takes note of a failure.</summary>
    public void Fail(DateTimeOffset now)
    {
        if (now > OpensAt + Longest)
            _failures = 0;
        var wait = first * (1 << Math.Min(_failures++, MostDoublings));
        OpensAt = now + (wait < Longest ? wait : Longest);
    }

    /// <summary>Takes note of a success.</summary>
    public void Reset() => (_failures, OpensAt) = (0, null);
}
