namespace Hearth.Gateway.Forwarding;

/// <summary>When a request ends at the latest: its function's timeout passed, or its caller left.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _caller;
    private readonly CancellationToken _callerGone;

    public Deadline(TimeSpan timeout, TimeProvider time, CancellationToken callerGone)
    {
        _source = new(timeout, time);
        _callerGone = callerGone;
        _caller = callerGone.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    /// <summary>Cancelled at the deadline.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether the caller left, rather than the time.</summary>
    public bool IsCallerGone => _callerGone.IsCancellationRequested;

    /// <summary>From here on only the caller ends the request.</summary>
    public void Disarm() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <inheritdoc/>
    public void Dispose()
    {
        _caller.Dispose();
        _source.Dispose();
    }
}
