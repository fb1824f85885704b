using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Hearth.Gateway.Tests.Forwarding;

/// <summary>A worker that answers with given bytes, whatever HTTP says about them.</summary>
internal sealed class RawWorker : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Socket> _open = [];
    private readonly Task _accepting;
    private int _connections;

    public RawWorker()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Answers a request, given its head; the connection is closed when the result ends with null.</summary>
    public Func<string, IEnumerable<byte[]?>> Answer { get; set; } = static _ => [Bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")];

    /// <summary>Connections that were accepted.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Heads of all requests.</summary>
    public ConcurrentQueue<string> Heads { get; } = new();

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        foreach (var socket in _open)
            socket.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var socket = await _listener.AcceptSocketAsync();
            _open.Add(socket);
            Interlocked.Increment(ref _connections);
            _ = ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var received = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer) is > 0 and var read)
            {
                received.Append(Encoding.Latin1.GetString(buffer, 0, read));
                var end = received.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal);
                if (end < 0)
                    continue;
                var head = received.ToString(0, end);
                received.Clear();
                Heads.Enqueue(head);
                foreach (var part in Answer(head))
                {
                    if (part is null)
                    {
                        socket.Dispose();
                        return;
                    }
                    await socket.SendAsync(part);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }
}
