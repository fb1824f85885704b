using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Hearth.Benchmarks.Clients;

/// <summary>HTTP/1.1 on one connection, with as little of its own as it takes: what is measured shares the machine with it.</summary>
internal sealed class LeanConnection : IDisposable
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 << 10];
    private readonly Uri _server;
    private int _have;

    private LeanConnection(Uri server) => _server = server;

    /// <summary>Connects.</summary>
    public static async Task<LeanConnection> OpenAsync(Uri server, CancellationToken cancel)
    {
        var connection = new LeanConnection(server);
        await connection._socket.ConnectAsync(server.Host, server.Port, cancel);
        return connection;
    }

    /// <summary>Sends a request and returns status and body of its answer.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path.</param>
    /// <param name="headers">Whole lines, each with its end.</param>
    /// <param name="body">The body; empty for none.</param>
    /// <param name="cancel">Gives up, after which the connection is of no use.</param>
    public async Task<(int Status, string Body)> SendAsync(string method, string path, string headers, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        var length = method == "GET" ? "" : string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        var head = Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: {_server.Authority}\r\n{headers}{length}\r\n");
        await SendAsync(head, cancel);
        if (body.Length > 0)
            await SendAsync(body, cancel);
        return await ReadAsync(cancel);
    }

    public void Dispose() => _socket.Dispose();

    private async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        while (bytes.Length > 0)
            bytes = bytes[await _socket.SendAsync(bytes, cancel)..];
    }

    private async Task<(int Status, string Body)> ReadAsync(CancellationToken cancel)
    {
        int end;
        while ((end = _buffer.AsSpan(0, _have).IndexOf(EndOfHead)) < 0)
            await FillAsync(cancel);
        var lines = Encoding.ASCII.GetString(_buffer, 0, end).Split("\r\n");
        var status = int.Parse(lines[0].AsSpan(9, 3), CultureInfo.InvariantCulture);
        var length = lines.FirstOrDefault(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) is { } line
            ? int.Parse(line.AsSpan(line.IndexOf(':', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture)
            : status is 204 or 100 ? 0 : throw new InvalidOperationException($"an answer {status} without its length: {string.Join(" | ", lines)}");
        while (_have < end + EndOfHead.Length + length)
            await FillAsync(cancel);
        var body = Encoding.UTF8.GetString(_buffer, end + EndOfHead.Length, length);
        _have -= end + EndOfHead.Length + length;
        Buffer.BlockCopy(_buffer, end + EndOfHead.Length + length, _buffer, 0, _have);
        return status == 100 ? await ReadAsync(cancel) : (status, body);
    }

    private async Task FillAsync(CancellationToken cancel)
    {
        var read = await _socket.ReceiveAsync(_buffer.AsMemory(_have), cancel);
        _have += read > 0 ? read : throw new IOException("the connection was closed within an answer");
    }
}
