using System.Collections.Concurrent;
using System.Net.Sockets;
using Hearth.Transport.Shares;

namespace Hearth.Transport.Doorbells;

/// <summary>This process's end of a line to a neighbour, at whose door it rings. Safe for use by several threads.</summary>
public sealed class Doorbell : IAsyncDisposable
{
    private readonly DoorbellLine _line;
    private readonly SemaphoreSlim _credits;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<ushort>> _unanswered = [];
    private readonly Lock _order = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly Task _listening;
    private Task _sent = Task.CompletedTask;
    private long _sequence;

    private Doorbell(DoorbellLine line, int credits)
    {
        _line = line;
        _credits = new SemaphoreSlim(credits);
        Lost = _lost.Token;
        _listening = ListenAsync();
    }

    /// <summary>The neighbour.</summary>
    public string Owner => _line.Peer;

    /// <summary>Cancelled at once when the neighbour ends or closes the line.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Connects to a neighbour's door.</summary>
    /// <exception cref="DoorbellException">It has none, or took this process for a stranger.</exception>
    public static async Task<Doorbell> ConnectAsync(NodeShare share, string owner, DoorbellOptions options, TimeProvider time, CancellationToken cancel)
    {
        ShareNames.Check("an owner", owner);
        var path = DoorbellListener.PathOf(share, owner);
        using var timeout = new CancellationTokenSource(options.HelloTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(DoorbellListener.EndPointOf(path), either.Token);
            var line = new DoorbellLine(socket, owner);
            if (await TryGreetAsync(socket, share.Owner, either.Token) && await line.ReceiveAsync(DoorbellFrameType.Welcome, either.Token) is { } welcome)
                return new Doorbell(line, welcome.Kind);
            throw new DoorbellException(DoorbellFault.TurnedAway, $"Owner \"{owner}\" turned owner \"{share.Owner}\" away: both must run as one user, and the other have room.");
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new DoorbellException(DoorbellFault.Unreachable, $"Owner \"{owner}\" has no doorbell at \"{path}\": {e.Message}.", e);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            socket.Dispose();
            throw new DoorbellException(DoorbellFault.TurnedAway, $"Owner \"{owner}\" did not answer for {options.HelloTimeout.TotalSeconds:0} s.", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Tells the neighbour of an object of this owner; waits for a credit first, and for its answer.</summary>
    /// <param name="kind">What it is about.</param>
    /// <param name="entry">The object, whose name has at most 44 characters.</param>
    /// <param name="cancel">Gives up waiting. A ring that was sent was sent.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="DoorbellException">The neighbour is gone.</exception>
    public async Task<ushort> RingAsync(ushort kind, ShareEntry entry, CancellationToken cancel)
    {
        if (entry.Name.Length > DoorbellFrame.MaxNameLength)
            throw new ArgumentException($"Object \"{entry.Name}\" cannot be rung: expected a name of at most {DoorbellFrame.MaxNameLength} characters.", nameof(entry));
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, Lost))
        {
            try
            {
                await _credits.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                throw _line.Lost(null);
            }
        }
        var answer = new TaskCompletionSource<ushort>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task sent;
        lock (_order)
        {
            // Numbers go out in their order: each is sent behind the one before.
            var sequence = ++_sequence;
            _unanswered[sequence] = answer;
            sent = _sent = SendAfterAsync(_sent, new(DoorbellFrameType.Ring, sequence, kind, entry.Length, entry.Name));
        }
        await sent;
        if (Lost.IsCancellationRequested)
            answer.TrySetException(_line.Lost(null));
        return await answer.Task.WaitAsync(cancel);
    }

    /// <summary>Closes the line.</summary>
    public async ValueTask DisposeAsync()
    {
        _line.Dispose();
        await _listening;
        _lost.Dispose();
    }

    /// <summary>Says who this is; false when the other has closed the line meanwhile.</summary>
    private static async Task<bool> TryGreetAsync(Socket socket, string owner, CancellationToken cancel)
    {
        try
        {
            return await socket.SendAsync(DoorbellHello.Write(owner), cancel) == DoorbellHello.Size;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task SendAfterAsync(Task before, DoorbellFrame frame)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _line.SendAsync(frame, CancellationToken.None);
    }

    private async Task ListenAsync()
    {
        Exception? failure = null;
        try
        {
            while (await _line.ReceiveAsync(DoorbellFrameType.Answer, CancellationToken.None) is { } frame)
            {
                if (!_unanswered.TryRemove(frame.Sequence, out var ring))
                    throw new DoorbellException(DoorbellFault.OutOfStep, $"Owner \"{Owner}\" answered ring {frame.Sequence}, which is not open: the line to it was closed.");
                _credits.Release();
                ring.TrySetResult(frame.Kind);
            }
        }
        catch (DoorbellException e)
        {
            failure = e;
        }
        _line.Dispose();
        await _lost.CancelAsync();
        foreach (var ring in _unanswered.Values)
            ring.TrySetException(failure ?? _line.Lost(null));
    }
}
