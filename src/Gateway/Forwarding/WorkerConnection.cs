using System.Net.Sockets;

namespace Hearth.Gateway.Forwarding;

/// <summary>A connection to a worker over HTTP/1.1. One request uses it at a time.</summary>
internal sealed class WorkerConnection(Socket socket) : IDisposable
{
    // A usual answer of a model, head and body, in one read.
    private const int BufferSize = 16 * 1024;

    private byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;

    /// <summary>Writes requests.</summary>
    public RequestWriter Request { get; } = new(socket);

    /// <summary>Head of the latest answer.</summary>
    public AnswerHead Head { get; } = new();

    /// <summary>Whether no request has used it.</summary>
    public bool IsFresh { get; private set; } = true;

    /// <summary>Timestamp since which no request uses it.</summary>
    public long IdleSince { get; set; }

    /// <summary>What was received and not consumed.</summary>
    public ReadOnlyMemory<byte> Received => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Whether the worker has closed it, or sent something that nobody asked for.</summary>
    public bool IsStale => _end > _start || socket.Poll(0, SelectMode.SelectRead);

    /// <summary>A request is about to use it.</summary>
    public void Use() => IsFresh = false;

    /// <summary>Gives the socket away; the connection is not used again.</summary>
    public Socket Detach() => socket;

    /// <summary>Marks received bytes as consumed.</summary>
    public void Consume(int count)
    {
        _start += count;
        if (_start == _end)
            (_start, _end) = (0, 0);
    }

    /// <summary>Receives more behind what is there; <see cref="Add"/> what came.</summary>
    /// <param name="limit">Unconsumed bytes that may be there at most.</param>
    /// <exception cref="InvalidDataException">There are that many already.</exception>
    public ValueTask<int> ReceiveMoreAsync(int limit)
    {
        if (_end - _start >= limit)
            throw new InvalidDataException($"a head, a chunk's length or a trailer is over {limit} bytes");
        if (_end == _buffer.Length)
            MakeRoom();
        return socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None);
    }

    /// <summary>Takes in what <see cref="ReceiveMoreAsync"/> received.</summary>
    /// <param name="received">Number of bytes; none means that the worker has closed its side.</param>
    /// <exception cref="IOException">The worker has.</exception>
    public void Add(int received)
    {
        if (received == 0)
            throw new IOException("the worker closed the connection");
        _end += received;
    }

    /// <summary>Receives past the connection's own buffer, which must be empty.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> to) => socket.ReceiveAsync(to, SocketFlags.None);

    /// <summary>Sends past the writer of requests, after the protocol has changed.</summary>
    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes) => socket.SendAsync(bytes, SocketFlags.None);

    /// <summary>Closes it. What waits for it fails. Any thread may call this.</summary>
    public void Dispose() => socket.Dispose();

    private void MakeRoom()
    {
        var old = _buffer;
        if (_start == 0)
            _buffer = new byte[old.Length * 2];
        Buffer.BlockCopy(old, _start, _buffer, 0, _end - _start);
        (_start, _end) = (0, _end - _start);
    }
}
