using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Hearth.Benchmarks.Hop;

/// <summary>Speaks Redis' protocol on a Unix socket, with values that lie in the caller's memory at both ends (RESP2: redis.io/docs/latest/develop/reference/protocol-spec).</summary>
internal sealed class RespClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly byte[] _byte = new byte[1];

    public RespClient(string path) => _socket.Connect(new UnixDomainSocketEndPoint(path));

    /// <summary>SET, the value sent from where it lies.</summary>
    public void Set(string key, ReadOnlySpan<byte> value)
    {
        Send(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"*3\r\n$3\r\nSET\r\n${key.Length}\r\n{key}\r\n${value.Length}\r\n")));
        Send(value);
        Send("\r\n"u8);
        Expect("+OK");
    }

    /// <summary>GET, the value received where it is to lie and handed on piece by piece.</summary>
    public void Get(string key, Span<byte> target, int piece, Action<int, int> received)
    {
        Send(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"*2\r\n$3\r\nGET\r\n${key.Length}\r\n{key}\r\n")));
        Expect(string.Create(CultureInfo.InvariantCulture, $"${target.Length}"));
        SocketPieces.Receive(_socket, target, piece, received);
        Expect("");
    }

    /// <summary>Removes everything.</summary>
    public void Clear()
    {
        Send("*2\r\n$8\r\nFLUSHALL\r\n$4\r\nSYNC\r\n"u8);
        Expect("+OK");
    }

    public void Dispose() => _socket.Dispose();

    private void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[_socket.Send(bytes[..Math.Min(bytes.Length, Update.Piece)])..];
    }

    private void Expect(string line)
    {
        var answer = new StringBuilder();
        while (answer is not { Length: >= 2 } || answer[^1] != '\n')
        {
            if (_socket.Receive(_byte) == 0)
                throw new InvalidOperationException("Redis closed the connection.");
            answer.Append((char)_byte[0]);
        }
        if (answer.ToString() != line + "\r\n")
            throw new InvalidOperationException($"Redis answered \"{answer.ToString().Trim()}\", expected \"{line}\".");
    }
}
