using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Hearth.Gateway.Forwarding;

/// <summary>Connections to workers, of which the first can be opened while the worker still loads its model.</summary>
internal sealed class WorkerConnector : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    // Well below the 130 s after which an idle worker closes a connection, so that no request meets a closing one.
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<EndPoint, Socket> _early = new();

    /// <summary>A client of workers' data ports that never follows, decodes or adds anything.</summary>
    public HttpMessageInvoker CreateClient() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionIdleTimeout = IdleTimeout,
        MaxResponseHeadersLength = 64,
        RequestHeaderEncodingSelector = static (_, _) => System.Text.Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => System.Text.Encoding.Latin1,
        ConnectCallback = async (context, cancel) => await ConnectAsync(context.DnsEndPoint, cancel),
    });

    /// <summary>Opens a connection for the next request to <paramref name="worker"/>. A failure is left for that request to meet.</summary>
    public async Task OpenEarlyAsync(Uri worker, CancellationToken cancel)
    {
        try
        {
            var endpoint = new DnsEndPoint(worker.Host, worker.Port);
            var socket = await DialAsync(endpoint, cancel);
            if (!_early.TryAdd(endpoint, socket))
                socket.Dispose();
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
        }
    }

    /// <summary>Closes what was opened early and not used.</summary>
    public void Dispose()
    {
        foreach (var endpoint in _early.Keys)
        {
            if (_early.TryRemove(endpoint, out var socket))
                socket.Dispose();
        }
    }

    private async Task<Stream> ConnectAsync(DnsEndPoint endpoint, CancellationToken cancel)
    {
        if (_early.TryRemove(endpoint, out var early))
        {
            // Readable before we sent anything means that the worker has closed it.
            if (!early.Poll(0, SelectMode.SelectRead))
                return new NetworkStream(early, ownsSocket: true);
            early.Dispose();
        }
        return new NetworkStream(await DialAsync(endpoint, cancel), ownsSocket: true);
    }

    private static async Task<Socket> DialAsync(DnsEndPoint endpoint, CancellationToken cancel)
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
}
