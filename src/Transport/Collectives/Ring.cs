using System.Net;

namespace Hearth.Transport.Collectives;

/// <summary>Ranks that compute together, each connected by TCP to the next and the previous one.</summary>
/// <remarks>
/// Every rank calls the same operations in the same order, one at a time. Results are the same bits on every rank and do not depend on timing. Nothing
/// waits for ever: a rank that ends closes its connections, its neighbours notice in their next operation, close theirs, and so all do; one that is
/// silent is given up after <see cref="RingOptions.StallTimeout"/>. After an exception, a cancellation included, the ring is closed for good.
/// Floats travel as this machine has them: all ranks are little-endian.
/// </remarks>
public sealed class Ring : IDisposable
{
    private const int PieceLength = 1 << 18;

    private readonly RingIdentity _identity;
    private readonly RingOptions _options;
    private readonly TimeProvider _time;
    private readonly RingLink? _previous;
    private readonly RingLink? _next;
    private CollectiveException? _broken;
    private long _sequence;

    private Ring(RingIdentity identity, RingOptions options, TimeProvider time, (RingLink Previous, RingLink Next)? links)
    {
        (_identity, _options, _time) = (identity, options, time);
        (_previous, _next) = (links?.Previous, links?.Next);
    }

    /// <summary>Which of the ranks this is.</summary>
    public int Rank => _identity.Rank;

    /// <summary>How many there are.</summary>
    public int WorldSize => _identity.WorldSize;

    /// <summary>Waits until every rank is there.</summary>
    /// <param name="identity">Who this is.</param>
    /// <param name="listener">Where the previous rank connects; stays its owner's, and may be closed when this completes. Not used when there is one rank.</param>
    /// <param name="peers">Where each rank listens, in the order of ranks.</param>
    /// <param name="options">How long to wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="CollectiveException">Not all ranks came; says which.</exception>
    /// <exception cref="ArgumentException">Identity and peers do not fit each other.</exception>
    public static async Task<Ring> JoinAsync(
        RingIdentity identity, RingListener? listener, IReadOnlyList<IPEndPoint> peers, RingOptions options, TimeProvider time, CancellationToken cancel)
    {
        if (peers.Count != identity.WorldSize || identity.Rank < 0 || identity.Rank >= identity.WorldSize)
            throw new ArgumentException($"Rank {identity.Rank} of {identity.WorldSize} was given {peers.Count} addresses.", nameof(peers));
        if (identity.WorldSize == 1)
            return new Ring(identity, options, time, null);
        ArgumentNullException.ThrowIfNull(listener);
        var links = await new RingRendezvous(identity, options, time).MeetAsync(listener, peers[identity.Next], cancel);
        // The neighbours are there; that all others are is known once a message has been around.
        var ring = new Ring(identity, options with { StallTimeout = options.RendezvousTimeout }, time, links);
        await ring.BarrierAsync(cancel);
        return new Ring(identity, options, time, links) { _sequence = ring._sequence };
    }

    /// <summary>Makes every rank's values the sum over the ranks; all ranks give as many.</summary>
    /// <exception cref="CollectiveException">A rank is gone, silent or out of step.</exception>
    public Task SumAsync(Memory<float> values, CancellationToken cancel) => RunAsync(
        (progressed, token) =>
        {
            var sum = new RingSum(_identity, _previous!, _next!, ++_sequence, values, progressed);
            return (sum.SendAsync(token), sum.ReceiveAsync(token));
        },
        cancel);

    /// <summary>Completes on no rank before every rank has called it.</summary>
    /// <exception cref="CollectiveException">A rank is gone, silent or out of step.</exception>
    public Task BarrierAsync(CancellationToken cancel) => SumAsync(Memory<float>.Empty, cancel);

    /// <summary>Gives every rank the bytes of rank 0.</summary>
    /// <param name="blob">The bytes, on rank 0; not looked at on the others.</param>
    /// <param name="maxLength">Most that another rank takes.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="CollectiveException">A rank is gone, silent or out of step, or the bytes are more than that.</exception>
    public async Task<ReadOnlyMemory<byte>> BroadcastAsync(ReadOnlyMemory<byte> blob, int maxLength, CancellationToken cancel)
    {
        var result = blob;
        await RunAsync(
            (progressed, token) =>
            {
                var sequence = ++_sequence;
                return Rank == 0
                    ? (SendAsync(blob, sequence, progressed, token), Task.CompletedTask)
                    : (PassOnAsync(sequence, maxLength, progressed, received => result = received, token), Task.CompletedTask);
            },
            cancel);
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _broken ??= new CollectiveException(CollectiveFault.PeerLost, Rank, "This rank has left the ring.");
        Close();
    }

    private void Close()
    {
        _previous?.Dispose();
        _next?.Dispose();
    }

    /// <summary>Runs the two halves of an operation. When one fails, the other ends too, the ring is closed, and the first failure is told.</summary>
    private async Task RunAsync(Func<Action, CancellationToken, (Task First, Task Second)> start, CancellationToken cancel)
    {
        if (_broken is not null)
            throw new CollectiveException(_broken.Fault, _broken.Rank, _broken.Message, _broken);
        if (WorldSize == 1)
            return;
        using var stall = new CancellationTokenSource(_options.StallTimeout, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, stall.Token);
        var (first, second) = start(() => stall.CancelAfter(_options.StallTimeout), stop.Token);
        try
        {
            await (await Task.WhenAny(first, second));
            await Task.WhenAll(first, second);
        }
        catch (Exception e)
        {
            var failure = Explain(e, stall.IsCancellationRequested && !cancel.IsCancellationRequested);
            _broken = failure as CollectiveException ?? new(CollectiveFault.PeerLost, Rank, "This rank has given up.", e);
            Close();
            await stop.CancelAsync();
            await Task.WhenAll(first, second).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (failure == e)
                throw;
            throw failure;
        }
    }

    private Exception Explain(Exception e, bool isStalled) => e is OperationCanceledException && isStalled
        ? new CollectiveException(
            CollectiveFault.Stalled, _identity.Previous,
            $"Nothing came from rank {_identity.Previous} or went to rank {_identity.Next} for {_options.StallTimeout.TotalSeconds:0} s.", e)
        : e;

    private async Task SendAsync(ReadOnlyMemory<byte> blob, long sequence, Action progressed, CancellationToken cancel)
    {
        var header = new byte[RingMessage.Size];
        new RingMessage(RingMessageKind.Broadcast, sequence, 0, blob.Length).Write(header);
        await _next!.SendAsync(header, cancel);
        for (var sent = 0; sent < blob.Length; sent += PieceLength)
        {
            await _next.SendAsync(blob.Slice(sent, Math.Min(PieceLength, blob.Length - sent)), cancel);
            progressed();
        }
    }

    /// <summary>Receives, and passes each piece on while the next one comes; the rank before rank 0 is the last to get them.</summary>
    private async Task PassOnAsync(long sequence, int maxLength, Action progressed, Action<ReadOnlyMemory<byte>> received, CancellationToken cancel)
    {
        var header = new byte[RingMessage.Size];
        await _previous!.ReceiveAsync(header, cancel);
        progressed();
        var message = RingMessage.Read(header);
        if (message != new RingMessage(RingMessageKind.Broadcast, sequence, 0, message.Length) || message.Length < 0 || message.Length > maxLength)
        {
            throw new CollectiveException(
                CollectiveFault.OutOfStep, _identity.Previous, $"Rank {_identity.Previous} sent {message}, expected a broadcast number {sequence} of {maxLength} bytes at most.");
        }
        var isLast = _identity.Next == 0;
        if (!isLast)
            await _next!.SendAsync(header, cancel);
        var blob = new byte[message.Length];
        for (var taken = 0; taken < blob.Length; taken += PieceLength)
        {
            var piece = blob.AsMemory(taken, Math.Min(PieceLength, blob.Length - taken));
            await _previous.ReceiveAsync(piece, cancel);
            progressed();
            if (!isLast)
                await _next!.SendAsync(piece, cancel);
        }
        received(blob);
    }
}
