using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Hearth.Benchmarks.Gateway;

/// <summary>A keep-alive connection that asks for the same thing again and again, one request at a time.</summary>
internal sealed unsafe class LoadConnection(IPEndPoint server, byte[] request) : IDisposable
{
    private static readonly byte[] Buffer = GC.AllocateUninitializedArray<byte>(16 * 1024, pinned: true);

    private Socket _socket = null!;
    private long _bodyLeft;
    private int _headLength;
    private readonly byte[] _head = new byte[8 * 1024];

    /// <summary>Timestamp at which the request that runs was due.</summary>
    public long Due { get; private set; }

    /// <summary>The descriptor of the socket.</summary>
    public int Handle => (int)_socket.Handle;

    /// <summary>Connects, anew where it was connected before.</summary>
    public void Connect()
    {
        _socket?.Dispose();
        _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(server);
    }

    /// <summary>Sends a request; false when the server does not take it.</summary>
    public bool Send(long due)
    {
        (Due, _bodyLeft, _headLength) = (due, -1, 0);
        fixed (byte* data = request)
            return EpollNative.Send(Handle, data, request.Length, EpollNative.DontWait | EpollNative.NoSignal) == request.Length;
    }

    /// <summary>Reads what has arrived: null when more must come, otherwise whether a whole answer 200 has.</summary>
    public bool? Receive()
    {
        if (_bodyLeft > 0)
        {
            var dropped = EpollNative.Receive(Handle, null, (nint)_bodyLeft, EpollNative.DontWait | EpollNative.Truncate);
            return Continue(dropped, dropped);
        }
        fixed (byte* buffer = Buffer)
        {
            var read = EpollNative.Receive(Handle, buffer, Buffer.Length, EpollNative.DontWait);
            return read > 0 ? Continue(read, ReadHead(Buffer.AsSpan(0, (int)read))) : Continue(read, 0);
        }
    }

    public void Dispose() => _socket?.Dispose();

    private bool? Continue(nint read, long ofBody)
    {
        if (read <= 0)
            return read < 0 && Marshal.GetLastPInvokeError() == EpollNative.Again ? null : false;
        if (ofBody < 0)
            return ofBody == -1 ? null : false;
        _bodyLeft -= ofBody;
        return _bodyLeft switch { 0 => true, < 0 => false, _ => null };
    }

    /// <summary>Bytes of the body behind the head; -1 while the head is not whole, -2 when it is not what was asked for.</summary>
    private long ReadHead(ReadOnlySpan<byte> received)
    {
        var total = _headLength + received.Length;
        var kept = received[..Math.Min(received.Length, _head.Length - _headLength)];
        kept.CopyTo(_head.AsSpan(_headLength));
        _headLength += kept.Length;
        var head = _head.AsSpan(0, _headLength);
        var end = head.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return _headLength == _head.Length ? -2 : -1;
        var name = head[..end].IndexOf("Content-Length: "u8);
        if (name < 0 || !head.StartsWith("HTTP/1.1 200 "u8) || !System.Buffers.Text.Utf8Parser.TryParse(head[(name + 16)..], out long length, out _))
            return -2;
        _bodyLeft = length;
        return total - (end + 4);
    }
}
