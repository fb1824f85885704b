using System.Net;
using System.Net.Sockets;
using Hearth.Transport.Shares;

namespace Hearth.Transport.Streaming;

/// <summary>Gives the sealed objects of a node's share, of all owners, to other nodes that know the token.</summary>
/// <remarks>The digest of a chunk is of the mapped memory; its bytes go from the file to the socket within the system.</remarks>
public sealed class ObjectServer : IAsyncDisposable
{
    private const int Backlog = 128;
    private readonly NodeShare _share;
    private readonly StreamingOptions _options;
    private readonly TimeProvider _time;
    private readonly Socket _listener;
    private readonly SemaphoreSlim _room;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private int _isDisposed;

    private ObjectServer(NodeShare share, Socket listener, StreamingOptions options, TimeProvider time)
    {
        (_share, _listener, _options, _time) = (share, listener, options, time);
        _room = new SemaphoreSlim(options.MaxConnections);
        _serving = AcceptLoop.RunAsync(AcceptAsync, ServeAsync, time, _stop.Token);
    }

    /// <summary>The address, with the port that was given where 0 was asked for.</summary>
    public IPEndPoint LocalEndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Listens.</summary>
    /// <exception cref="SocketException">The address is not this machine's, or the port is taken.</exception>
    public static ObjectServer Start(NodeShare share, IPEndPoint address, StreamingOptions options, TimeProvider time)
    {
        options.ThrowIfInvalid();
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(address);
            listener.Listen(Backlog);
            return new ObjectServer(share, listener, options, time);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Stops listening and ends all transfers.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stop.Dispose();
        _room.Dispose();
    }

    private async Task<Socket> AcceptAsync(CancellationToken stop)
    {
        await _room.WaitAsync(stop);
        try
        {
            return await _listener.AcceptAsync(stop);
        }
        catch
        {
            _room.Release();
            throw;
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            using var line = new StreamingLine(socket, _options, _time);
            await ServeAsync(line);
        }
        catch (Exception e) when (e is StreamingException or OperationCanceledException or SocketException or IOException)
        {
            // Who wanted the object is gone, was a stranger, or comes again for the rest; it is the one that tells.
        }
        finally
        {
            _room.Release();
        }
    }

    private async Task ServeAsync(StreamingLine line)
    {
        var challenge = StreamingHandshake.NewChallenge();
        var handshake = new StreamingHandshake(_options.Token, challenge);
        await line.SendAsync(challenge, _stop.Token);
        var request = new byte[StreamingHandshake.RequestLength];
        await line.ReceiveAsync(request, _stop.Token);
        var asked = handshake.Read(request);
        using var found = asked is { } wanted ? TryOpen(wanted.Owner, wanted.Name) : null;
        var verdict = asked is null ? StreamingVerdict.TurnedAway : found is null ? StreamingVerdict.NotFound : StreamingVerdict.Found;
        await line.SendAsync(handshake.Answer(verdict, found?.Length ?? 0, found?.Version ?? default), _stop.Token);
        if (found is not null)
            await SendAsync(line, found, handshake.ChunkKey());
    }

    private ShareObject? TryOpen(string owner, string name)
    {
        try
        {
            return _share.Open(owner, name);
        }
        catch (ShareException e) when (e.Fault is ShareFault.NotFound or ShareFault.BadName)
        {
            return null;
        }
    }

    private async Task SendAsync(StreamingLine line, ShareObject content, byte[] key)
    {
        var offset = await AwaitBeginAsync(line, content, key);
        while (offset < content.Length)
        {
            var count = (int)Math.Min(_options.ChunkBytes, content.Length - offset);
            var frame = new ChunkFrame(offset, count).Write(key, content.Buffer.AsSpan(offset, count));
            await line.SendAsync(frame, _stop.Token);
            await line.SendFileAsync(content.File, offset, count, _stop.Token);
            _share.Counters.AddSent(count);
            offset += count;
        }
        // Not closed before the other has: what it has not read yet would be lost with the connection.
        await line.ReceiveAsync(new byte[1], _stop.Token);
    }

    /// <summary>Where to begin, once the other has memory for it.</summary>
    private async Task<long> AwaitBeginAsync(StreamingLine line, ShareObject content, byte[] key)
    {
        var frame = new byte[ChunkFrame.Length];
        while (true)
        {
            await line.ReceiveAsync(frame, _options.PingInterval + _options.StallTimeout, _stop.Token);
            var said = ChunkFrame.Read(frame);
            if (!ChunkFrame.IsGenuine(key, frame, []) || said.Offset < 0 || said.Offset > content.Length)
                throw new StreamingException(StreamingFault.OutOfStep, $"The other asked for byte {said.Offset} of {content.Length}.");
            if (said.Count == ChunkFrame.Begin)
                return said.Offset;
        }
    }
}
