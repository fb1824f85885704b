using System.Text;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hearth.Gateway.Invocation;

/// <summary>The port for callers: Kestrel with nothing between it and the <see cref="InvocationHandler"/>.</summary>
internal sealed class InvocationServer : IAsyncDisposable
{
    // How long running requests may go on when the gateway stops; below the 30 s that Kubernetes gives a pod.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly KestrelServer _server;
    private readonly TimeProvider _time;

    public InvocationServer(GatewayOptions options, TimeProvider time, ILoggerFactory logs)
    {
        _time = time;
        var server = new KestrelServerOptions
        {
            AddServerHeader = false,
            // A caller without TLS is told so by us, though HTTP/2 is announced through the features of TLS: see CleartextHttp2.
            AllowAlternateSchemes = true,
            // Header bytes pass through unchanged, whatever their encoding.
            RequestHeaderEncodingSelector = static _ => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static _ => Encoding.Latin1,
        };
        server.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        // Streams may pause; the function's timeout bounds them.
        server.Limits.MinRequestBodyDataRate = null;
        server.Limits.MinResponseDataRate = null;
        server.Listen(ListenAddress.Parse(options.Listen), listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttp2PriorKnowledge(time);
        });
        // A request does little between its reads and writes and never blocks: handing it from thread to thread would cost more than it takes. A receive
        // into memory that is there already saves one system call a request.
        var sockets = new SocketTransportOptions { UnsafePreferInlineScheduling = true, WaitForDataBeforeAllocatingBuffer = false };
        var transport = new SocketTransportFactory(Options.Create(sockets), logs);
        _server = new(Options.Create(server), transport, logs);
    }

    /// <summary>Starts and returns the base URL.</summary>
    public async Task<string> StartAsync(InvocationHandler handler, CancellationToken cancel)
    {
        await _server.StartAsync<DefaultHttpContext>(handler, cancel);
        return _server.Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var grace = new CancellationTokenSource(Grace, _time);
        await _server.StopAsync(grace.Token);
        _server.Dispose();
    }
}
