using Hearth.Transport.Shares;

namespace Hearth.Transport.Doorbells;

/// <summary>A neighbour at this process's door. One thread receives; several may answer.</summary>
public sealed class DoorbellVisitor : IDisposable
{
    private readonly DoorbellLine _line;
    private readonly Action<DoorbellVisitor> _gone;
    private readonly int _credits;
    private int _unanswered;
    private long _last;
    private int _isDisposed;

    internal DoorbellVisitor(DoorbellLine line, int credits, Action<DoorbellVisitor> gone)
    {
        _line = line;
        _credits = credits;
        _gone = gone;
    }

    /// <summary>The neighbour, and the owner of what it rings for.</summary>
    public string Owner => _line.Peer;

    /// <summary>The next ring, or null at once when the neighbour has ended.</summary>
    /// <exception cref="DoorbellException">It does not keep to the protocol, and was turned away.</exception>
    public async Task<DoorbellRing?> ReceiveAsync(CancellationToken cancel)
    {
        if (await _line.ReceiveAsync(DoorbellFrameType.Ring, cancel) is not { } frame)
        {
            Dispose();
            return null;
        }
        if (frame.Sequence == ++_last && Interlocked.Increment(ref _unanswered) <= _credits && ShareNames.IsName(frame.Name))
            return new DoorbellRing(frame.Sequence, frame.Kind, new ShareEntry(Owner, frame.Name, frame.Length));
        Dispose();
        throw new DoorbellException(
            DoorbellFault.OutOfStep,
            $"Owner \"{Owner}\" sent ring {frame.Sequence} for \"{frame.Name}\": expected ring {_last} for an object's name, and no more than {_credits} unanswered; the line to it was closed.");
    }

    /// <summary>Tells the neighbour that a ring was dealt with: whoever rang sees <paramref name="answer"/>, and may ring once more.</summary>
    /// <exception cref="DoorbellException">The neighbour is gone.</exception>
    public Task AnswerAsync(DoorbellRing ring, ushort answer, CancellationToken cancel)
    {
        Interlocked.Decrement(ref _unanswered);
        return _line.SendAsync(new(DoorbellFrameType.Answer, ring.Sequence, answer, 0, ""), cancel);
    }

    /// <summary>Closes the line.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        _line.Dispose();
        _gone(this);
    }
}
