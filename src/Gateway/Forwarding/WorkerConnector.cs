using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Hearth.Gateway.Forwarding;

/// <summary>Connections to workers, of which the first can be opened while the worker still loads its model.</summary>
internal sealed class WorkerConnector : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    // Well below the 130 s after which an idle worker closes a connection, so that no request meets a closing one.
    private static readonly TimeSpan MaxIdle = TimeSpan.FromSeconds(60);

    // Servers in users' containers close sooner: Node.js and uvicorn after 5 s, gunicorn after 2 s.
    private static readonly TimeSpan MaxIdleOfContainers = TimeSpan.FromSeconds(1.5);

    private readonly ConcurrentDictionary<string, WorkerConnections> _workers = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly Func<EndPoint, CancellationToken, Task<Socket>> _dial;
    private readonly ITimer _sweep;

    /// <param name="time">The clock.</param>
    /// <param name="dial">Opens a connection; null for TCP.</param>
    public WorkerConnector(TimeProvider time, Func<EndPoint, CancellationToken, Task<Socket>>? dial = null)
    {
        _time = time;
        _dial = dial ?? DialTcpAsync;
        _sweep = time.CreateTimer(static state => ((WorkerConnector)state!).Sweep(MaxIdle), this, MaxIdle, MaxIdle);
    }

    /// <summary>How long dials take.</summary>
    public DialTimes DialTimes { get; } = new();

    /// <summary>A client of workers' data ports over HTTP/2 that never follows, decodes or adds anything.</summary>
    public HttpMessageInvoker CreateClient() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionIdleTimeout = MaxIdle,
        MaxResponseHeadersLength = AnswerHead.MaxSize / 1024,
        RequestHeaderEncodingSelector = static (_, _) => System.Text.Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => System.Text.Encoding.Latin1,
        ConnectCallback = async (context, cancel) => new NetworkStream(await ConnectAsync(context.DnsEndPoint, cancel), ownsSocket: true),
    });

    /// <summary>The connections to one worker.</summary>
    /// <param name="address">Base URL of the worker without a trailing slash.</param>
    public WorkerConnections To(string address)
    {
        return _workers.TryGetValue(address, out var known) ? known : _workers.GetOrAdd(address, Make, _time);

        static WorkerConnections Make(string address, TimeProvider time) => new(address, time);
    }

    /// <summary>A connection to a worker that is open already, or null.</summary>
    /// <param name="address">Base URL of the worker.</param>
    /// <param name="isContainer">Whether a user's container serves it.</param>
    public WorkerConnection? TryTake(string address, bool isContainer) => To(address).TryTake(isContainer ? MaxIdleOfContainers : MaxIdle);

    /// <summary>Opens a connection to a worker.</summary>
    /// <exception cref="SocketException">It cannot be opened.</exception>
    /// <exception cref="OperationCanceledException">Not within the time for it, or <paramref name="cancel"/> was.</exception>
    public async Task<WorkerConnection> DialAsync(string address, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(ConnectTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        var started = _time.GetTimestamp();
        var socket = await _dial(To(address).Endpoint, either.Token);
        DialTimes.Record(_time.GetElapsedTime(started));
        return new(socket);
    }

    /// <summary>Keeps a connection for the next request to the worker.</summary>
    public void Return(string address, WorkerConnection connection) => To(address).Return(connection);

    /// <summary>Opens a connection for the next request to <paramref name="worker"/>. A failure is left for that request to meet.</summary>
    public async Task OpenEarlyAsync(Uri worker, CancellationToken cancel)
    {
        try
        {
            var address = worker.GetLeftPart(UriPartial.Authority);
            Return(address, new(await _dial(To(address).Endpoint, cancel)));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
        }
    }

    /// <summary>Closes what no request uses.</summary>
    public void Dispose()
    {
        _sweep.Dispose();
        Sweep(TimeSpan.MinValue);
    }

    private async Task<Socket> ConnectAsync(DnsEndPoint endpoint, CancellationToken cancel)
    {
        var worker = To($"http://{(endpoint.Host.Contains(':', StringComparison.Ordinal) ? $"[{endpoint.Host}]" : endpoint.Host)}:{endpoint.Port}");
        if (worker.TryTake(MaxIdle) is { } early)
        {
            // One that was opened early has spoken no protocol yet.
            if (early.IsFresh)
                return early.Detach();
            worker.Return(early);
        }
        return await _dial(worker.Endpoint, cancel);
    }

    private static async Task<Socket> DialTcpAsync(EndPoint endpoint, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, cancel);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Sweep(TimeSpan maxIdle)
    {
        foreach (var (address, worker) in _workers)
        {
            // Whoever holds it still finds it closed, and the next request makes a new one.
            if (worker.Sweep(maxIdle))
                _workers.TryRemove(new(address, worker));
        }
    }
}
