using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Hearth.Transport.Tests.Streaming;

/// <summary>The network between two nodes, on a bad day. Each connection takes the next fault; without one it passes all on. Without a server it is silent.</summary>
internal sealed class FaultyProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint? _server;
    private readonly ConcurrentQueue<(string Kind, long At)> _faults = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;

    public FaultyProxy(IPEndPoint? server)
    {
        _server = server;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _running = RunAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>What is said first where there is no server.</summary>
    public byte[] Greeting { get; init; } = [];

    public int Connections { get; private set; }

    public Task Accepted => _accepted.Task;

    /// <summary>Completes when a connection is held.</summary>
    public Task Held => _held.Task;

    /// <summary>The next connection ends after so many bytes of the server.</summary>
    public void CutAfter(long bytes) => _faults.Enqueue(("cut", bytes));

    /// <summary>The next connection changes a byte of the server.</summary>
    public void ChangeByteAt(long offset) => _faults.Enqueue(("change", offset));

    /// <summary>The next connection stands still after so many bytes of the server.</summary>
    public void HoldAfter(long bytes) => _faults.Enqueue(("hold", bytes));

    /// <summary>Ends the connection that stands still.</summary>
    public void CutHeld() => _cut.SetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_stop.Token);
                Connections++;
                _accepted.TrySetResult();
                connections.Add(PassOnAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task PassOnAsync(Socket client)
    {
        using (client)
        using (var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            try
            {
                if (_server is null)
                {
                    await client.SendAsync(Greeting);
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
                    return;
                }
                var fault = _faults.TryDequeue(out var next) ? next : default;
                await server.ConnectAsync(_server);
                var up = CopyAsync(client, server, default);
                var down = CopyAsync(server, client, fault);
                await Task.WhenAny(up, down);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The test is over, or one of the two has ended.
            }
        }
    }

    private async Task CopyAsync(Socket from, Socket to, (string Kind, long At) fault)
    {
        var buffer = new byte[16 << 10];
        try
        {
            for (long passed = 0; ;)
            {
                var room = fault.Kind is "cut" or "hold" ? (int)Math.Min(buffer.Length, fault.At - passed) : buffer.Length;
                if (room == 0)
                {
                    if (fault.Kind == "cut")
                        return;
                    _held.TrySetResult();
                    await _cut.Task.WaitAsync(_stop.Token);
                    return;
                }
                var count = await from.ReceiveAsync(buffer.AsMemory(0, room), _stop.Token);
                if (count == 0)
                    return;
                if (fault.Kind == "change" && fault.At >= passed && fault.At < passed + count)
                    buffer[fault.At - passed] ^= 1;
                await to.SendAsync(buffer.AsMemory(0, count), _stop.Token);
                passed += count;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One of the two has ended.
        }
    }
}
