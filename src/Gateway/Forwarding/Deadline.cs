namespace Hearth.Gateway.Forwarding;

/// <summary>When a request ends at the latest: its function's timeout passed, or its caller left.</summary>
/// <remarks>One that was not reached serves another request of the same thread, so that most requests need no timer of their own.</remarks>
internal sealed class Deadline : IDisposable
{
    [ThreadStatic]
    private static Deadline? _spare;

    private readonly CancellationTokenSource _source;
    private CancellationTokenRegistration _caller;
    private CancellationToken _callerGone;

    private Deadline(CancellationTokenSource source) => _source = source;

    /// <summary>Cancelled at the deadline. Nothing may wait for it once the request is over.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether the caller left, rather than the time.</summary>
    public bool IsCallerGone => _callerGone.IsCancellationRequested;

    /// <summary>Begins a request's time.</summary>
    public static Deadline Start(TimeSpan timeout, TimeProvider time, CancellationToken callerGone)
    {
        var spare = time == TimeProvider.System ? _spare : null;
        var deadline = spare ?? new(new(timeout, time));
        if (spare is not null)
        {
            _spare = null;
            spare._source.CancelAfter(timeout);
        }
        deadline._callerGone = callerGone;
        deadline._caller = callerGone.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline._source);
        return deadline;
    }

    /// <summary>From here on only the caller ends the request.</summary>
    public void Disarm() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <inheritdoc/>
    public void Dispose()
    {
        _caller.Dispose();
        // A source on another clock than the system's cannot be reset.
        if (_spare is null && _source.TryReset())
            _spare = this;
        else
            _source.Dispose();
    }
}
