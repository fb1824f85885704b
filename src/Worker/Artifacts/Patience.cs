namespace Hearth.Worker.Artifacts;

/// <summary>Ends the wait for a body that comes too slowly: less than 32 KiB in a time that a working connection never takes for them.</summary>
/// <remarks>Bytes and not reads count, since one byte now and then would keep a worker busy for ever.</remarks>
internal sealed class Patience : IDisposable
{
    private const long FewBytes = 32 * 1024;

    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _either;

    /// <summary>Begins to wait.</summary>
    public Patience(TimeSpan limit, TimeProvider time, CancellationToken cancellation)
    {
        _limit = limit;
        _timer = new CancellationTokenSource(limit, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, cancellation);
    }

    /// <summary>Ends when the wait does.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Bytes since the wait began anew.</summary>
    public long Bytes { get; private set; }

    /// <summary>Some bytes came.</summary>
    public void Received(int bytes)
    {
        Bytes += bytes;
        if (Bytes < FewBytes)
            return;
        Bytes = 0;
        _timer.CancelAfter(_limit);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _either.Dispose();
        _timer.Dispose();
    }
}
