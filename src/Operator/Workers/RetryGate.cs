namespace Hearth.Operator.Workers;

/// <summary>
/// Keeps something that fails from being tried again at once: shut for 10 s after a failure, twice as long after each further one, 5 min at most.
/// Five minutes without a failure after it opened, and it starts anew.
/// </summary>
internal sealed class RetryGate
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    // 10 s doubled five times is past the longest wait.
    private const int MostDoublings = 5;

    private int _failures;

    /// <summary>When the next try may be made; null for at once.</summary>
    public DateTimeOffset? OpensAt { get; private set; }

    /// <summary>Takes note of a failure.</summary>
    public void Fail(DateTimeOffset now)
    {
        if (now > OpensAt + Longest)
            _failures = 0;
        var wait = First * (1 << Math.Min(_failures++, MostDoublings));
        OpensAt = now + (wait < Longest ? wait : Longest);
    }

    /// <summary>Takes note of a success.</summary>
    public void Reset() => (_failures, OpensAt) = (0, null);
}
