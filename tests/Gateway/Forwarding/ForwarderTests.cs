using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Hearth.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Hearth.Gateway.Tests.Forwarding;

/// <summary>What passes between caller and worker, over real sockets.</summary>
public sealed class ForwarderTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string Invoke = "/v1.0/invoke/fn/method";

    private InvocationHarness _gateway = null!;

    public async Task InitializeAsync() => _gateway = await InvocationHarness.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("PROPFIND")]
    public async Task Send_AnyVerb_ReachesTheWorkerWithRawPathAndQuery(string verb)
    {
        var worker = await _gateway.ServeAsync();
        worker.Answer = context => context.Response.WriteAsync(
            $"{context.Request.Method} {context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget}");
        using var request = new HttpRequestMessage(new(verb), Raw($"{Invoke}/a%2Fb//c/?q=%20x"));

        using var response = await _gateway.Http.SendAsync(request);

        Assert.Equal($"{verb} /a%2Fb//c/?q=%20x", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(204)]
    [InlineData(302)]
    [InlineData(404)]
    [InlineData(418)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Send_AnyStatus_ComesBackUnchangedWithItsHeaders(int status)
    {
        var worker = await _gateway.ServeAsync();
        worker.Answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers["X-One"] = new[] { "a", "b" };
            context.Response.Headers.Location = "/elsewhere";
            context.Response.Headers.Date = "Thu, 01 Jan 1970 00:00:00 GMT";
            return status == 204 ? Task.CompletedTask : context.Response.WriteAsync($"body {status}");
        };

        using var response = await _gateway.Http.GetAsync($"{Invoke}/a");

        Assert.True(status == (int)response.StatusCode, await response.Content.ReadAsStringAsync());
        Assert.Equal(["a", "b"], response.Headers.GetValues("X-One"));
        Assert.Equal("/elsewhere", response.Headers.Location!.ToString());
        Assert.Equal(DateTimeOffset.UnixEpoch, response.Headers.Date);
        Assert.False(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("Hearth-Cold-Start"));
        Assert.Equal(status == 204 ? "" : $"body {status}", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Send_Headers_AreForwardedWithoutThoseOfTheConnection()
    {
        var worker = await _gateway.ServeAsync();
        var seen = new HeaderDictionary();
        worker.Answer = context =>
        {
            foreach (var (name, value) in context.Request.Headers)
                seen[name] = value;
            return Task.CompletedTask;
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/anything");
        request.Headers.TryAddWithoutValidation("Keep-Alive", "timeout=5");
        request.Headers.TryAddWithoutValidation("Proxy-Authorization", "dropped");
        request.Headers.TryAddWithoutValidation("TE", "gzip, trailers");
        request.Headers.TryAddWithoutValidation("X-Kept", ["one", "two"]);
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "10.0.0.1");
        request.Headers.TryAddWithoutValidation("Hearth-Assignment", "forged");
        request.Headers.TryAddWithoutValidation("dapr-app-id", "fn");
        request.Headers.TryAddWithoutValidation("dapr-caller-app-id", "shop-front");

        using var response = await _gateway.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        foreach (var dropped in new[] { "Keep-Alive", "Proxy-Authorization", "dapr-app-id" })
            Assert.False(seen.ContainsKey(dropped), dropped);
        Assert.Equal("one, two", string.Join(", ", (IEnumerable<string?>)seen["X-Kept"]));
        Assert.Equal("10.0.0.1, 127.0.0.1", seen["X-Forwarded-For"]);
        Assert.Equal(_gateway.Url.Authority, seen["X-Forwarded-Host"]);
        Assert.Equal("http", seen["X-Forwarded-Proto"]);
        Assert.Equal($"for=127.0.0.1;host=\"{_gateway.Url.Authority}\";proto=http", seen["Forwarded"]);
        Assert.Equal("fn", seen["dapr-callee-app-id"]);
        Assert.Equal("shop-front", seen["dapr-caller-app-id"]);
        Assert.Equal(InvocationHarness.Assignment, seen["Hearth-Assignment"]);
        Assert.Equal($"127.0.0.1:{worker.DataPort}", seen["Host"]);
        Assert.Equal("trailers", seen["TE"]);
    }

    [Fact]
    public async Task Send_HeaderNamedByConnection_StaysWithTheConnection()
    {
        var worker = await _gateway.ServeAsync();
        worker.Answer = context => context.Response.WriteAsync($"hop '{context.Request.Headers["X-Hop"]}' kept '{context.Request.Headers["X-Kept"]}' end");
        using var socket = await SendRawAsync($"GET {Invoke}/a HTTP/1.1\r\nHost: g\r\nConnection: X-Hop\r\nX-Hop: 1\r\nX-Kept: 2\r\n\r\n");

        Assert.Contains("hop '' kept '2' end", await ReceiveUntilAsync(socket, "end"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_TraceContext_IsPassedOrCreated()
    {
        const string given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var worker = await _gateway.ServeAsync();
        worker.Answer = context => context.Response.WriteAsync(context.Request.Headers["traceparent"].ToString());
        using var traced = new HttpRequestMessage(HttpMethod.Get, $"{Invoke}/a") { Headers = { { "traceparent", given } } };

        using var passed = await _gateway.Http.SendAsync(traced);
        var created = await _gateway.Http.GetStringAsync($"{Invoke}/a");

        Assert.Equal(given, await passed.Content.ReadAsStringAsync());
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-00$", created);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_LargeBodies_PassUnchangedBothWays(bool chunked)
    {
        var worker = await _gateway.ServeAsync();
        worker.Answer = async context =>
        {
            using var received = new MemoryStream();
            await context.Request.Body.CopyToAsync(received);
            context.Response.ContentLength = context.Request.ContentLength;
            await context.Response.Body.WriteAsync(received.ToArray());
        };
        var body = RandomNumberGenerator.GetBytes(5 * 1024 * 1024);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Invoke}/echo")
        {
            Content = new ByteArrayContent(body),
            Headers = { TransferEncodingChunked = chunked },
        };

        using var response = await _gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(chunked ? null : body.Length, response.Content.Headers.ContentLength);
        Assert.Equal(body, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Send_RequestBodyInParts_ArrivesPartByPart()
    {
        var worker = await _gateway.ServeAsync();
        var firstPart = new TaskCompletionSource<string>();
        worker.Answer = async context =>
        {
            var buffer = new byte[16];
            firstPart.SetResult(Encoding.ASCII.GetString(buffer, 0, await context.Request.Body.ReadAsync(buffer)));
            using var rest = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync(await rest.ReadToEndAsync());
        };
        using var socket = await SendRawAsync($"POST {Invoke}/a HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");

        Assert.Equal("first", await firstPart.Task.WaitAsync(Patience));
        await socket.SendAsync(Encoding.ASCII.GetBytes("6\r\nsecond\r\n0\r\n\r\n"));

        Assert.Contains("second", await ReceiveUntilAsync(socket, "second"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_EventStream_IsFlushedAfterEachEvent()
    {
        var worker = await _gateway.ServeAsync();
        using var proceed = new SemaphoreSlim(0);
        worker.Answer = async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.FlushAsync();
            for (var i = 0; i < 3; i++)
            {
                await proceed.WaitAsync();
                await context.Response.WriteAsync($"data: {i}\n\n");
                await context.Response.Body.FlushAsync();
            }
        };

        using var response = await _gateway.Http.GetAsync($"{Invoke}/events", HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience);
        using var events = new StreamReader(await response.Content.ReadAsStreamAsync());

        for (var i = 0; i < 3; i++)
        {
            proceed.Release();
            Assert.Equal($"data: {i}", await events.ReadLineAsync().WaitAsync(Patience));
            Assert.Equal("", await events.ReadLineAsync().WaitAsync(Patience));
        }
        Assert.Null(await events.ReadLineAsync().WaitAsync(Patience));
    }

    [Fact]
    public async Task Send_CallerLeaves_WorkerIsCancelled()
    {
        var worker = await _gateway.ServeAsync();
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        worker.Answer = async context =>
        {
            await using var registration = context.RequestAborted.Register(cancelled.SetResult);
            started.SetResult();
            await cancelled.Task;
        };
        using var leaving = new CancellationTokenSource();

        var call = _gateway.Http.GetAsync($"{Invoke}/slow", leaving.Token);
        await started.Task.WaitAsync(Patience);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await cancelled.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Send_WorkerBreaksOffWithinItsAnswer_CallerIsCutOff()
    {
        var worker = await _gateway.ServeAsync();
        var received = new TaskCompletionSource();
        worker.Answer = async context =>
        {
            await context.Response.WriteAsync("part");
            await context.Response.Body.FlushAsync();
            await received.Task;
            context.Abort();
        };

        using var response = await _gateway.Http.GetAsync($"{Invoke}/a", HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        Assert.Equal(4, await body.ReadAsync(new byte[16]).AsTask().WaitAsync(Patience));
        received.SetResult();

        await Assert.ThrowsAnyAsync<IOException>(() => body.ReadAsync(new byte[16]).AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task Send_WebSocket_IsTunnelled()
    {
        var worker = await _gateway.ServeAsync();
        worker.Answer = EchoSocketAsync;
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("echo");

        await socket.ConnectAsync(new($"ws://{_gateway.Url.Authority}{Invoke}/socket"), CancellationToken.None).WaitAsync(Patience);
        var buffer = new byte[64];
        foreach (var message in new[] { "one", "two" })
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(message), WebSocketMessageType.Text, true, CancellationToken.None);
            var received = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(Patience);
            Assert.Equal(message, Encoding.ASCII.GetString(buffer, 0, received.Count));
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).WaitAsync(Patience);

        Assert.Equal("echo", socket.SubProtocol);
    }

    [Fact]
    public async Task Send_Http2WithPriorKnowledge_IsServed()
    {
        var worker = await _gateway.ServeAsync();
        worker.Answer = async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync($"{context.Request.Protocol} {context.Request.Headers["X-Forwarded-Proto"]} {await body.ReadToEndAsync()}");
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Invoke}/a")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent("hello"),
        };

        using var response = await _gateway.Http.SendAsync(request);

        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.Equal("HTTP/1.1 http hello", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Send_Grpc_KeepsHttp2AndTrailers()
    {
        var worker = await _gateway.ServeAsync(protocols: HttpProtocols.Http2);
        worker.Answer = async context =>
        {
            Assert.Equal("trailers", context.Request.Headers.TE);
            context.Response.ContentType = "application/grpc";
            await context.Request.Body.CopyToAsync(context.Response.Body);
            context.Response.AppendTrailer("grpc-status", "0");
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Invoke}/pkg.Service/Call")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, 1, 7]) { Headers = { { "Content-Type", "application/grpc" } } },
            Headers = { { "TE", "trailers" } },
        };

        using var response = await _gateway.Http.SendAsync(request);

        Assert.Equal([0, 0, 0, 0, 1, 7], await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(["0"], response.TrailingHeaders.GetValues("grpc-status"));
    }

    [Fact]
    public async Task Send_ExpectContinue_WorkerDecidesBeforeTheBodyIsSent()
    {
        var worker = await _gateway.ServeAsync();
        worker.Answer = context =>
        {
            context.Response.StatusCode = 417;
            return Task.CompletedTask;
        };
        using var socket = await SendRawAsync($"POST {Invoke}/a HTTP/1.1\r\nHost: g\r\nContent-Length: 5000\r\nExpect: 100-continue\r\n\r\n");

        var answer = await ReceiveUntilAsync(socket, "\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 417", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ExpectContinueAccepted_BodyFollows()
    {
        var worker = await _gateway.ServeAsync();
        worker.Answer = async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync($"got {await body.ReadToEndAsync()}");
        };
        using var socket = await SendRawAsync($"POST {Invoke}/a HTTP/1.1\r\nHost: g\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 100", await ReceiveUntilAsync(socket, "\r\n\r\n"), StringComparison.Ordinal);
        await socket.SendAsync("hello"u8.ToArray());

        Assert.Contains("got hello", await ReceiveUntilAsync(socket, "hello"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_Head_KeepsTheLengthWithoutABody()
    {
        var worker = await _gateway.ServeAsync();
        worker.Answer = context =>
        {
            context.Response.ContentLength = 1234;
            return Task.CompletedTask;
        };

        using var response = await _gateway.Http.SendAsync(new(HttpMethod.Head, $"{Invoke}/a"));

        Assert.Equal(1234, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Send_HeaderBytesBeyondAscii_PassUnchanged()
    {
        var worker = await _gateway.ServeAsync();
        worker.Answer = context => context.Response.WriteAsync(Convert.ToHexString(Encoding.Latin1.GetBytes(context.Request.Headers["X-Name"].ToString())));
        using var socket = await SendRawAsync($"GET {Invoke}/a HTTP/1.1\r\nHost: g\r\nX-Name: caf\u00e9\r\n\r\n");

        Assert.Contains("636166E9", await ReceiveUntilAsync(socket, "E9"), StringComparison.Ordinal);
    }

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 prescribes SHA-1 in its handshake.")]
    private static async Task EchoSocketAsync(HttpContext context)
    {
        // The handshake of RFC 6455 by hand: the fake worker has no WebSocket middleware.
        var key = context.Request.Headers.SecWebSocketKey + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
        context.Response.Headers.SecWebSocketAccept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key)));
        context.Response.Headers.SecWebSocketProtocol = "echo";
        context.Response.Headers.Upgrade = "websocket";
        await using var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        using var socket = WebSocket.CreateFromStream(stream, new() { IsServer = true, SubProtocol = "echo" });
        var buffer = new byte[64];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, CancellationToken.None);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                return;
            }
            await socket.SendAsync(buffer.AsMemory(0, received.Count), WebSocketMessageType.Text, received.EndOfMessage, CancellationToken.None);
        }
    }

    private Uri Raw(string pathAndQuery) =>
        new(_gateway.Url.GetLeftPart(UriPartial.Authority) + pathAndQuery, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private async Task<Socket> SendRawAsync(string text)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _gateway.Url.Port);
        await socket.SendAsync(Encoding.Latin1.GetBytes(text));
        return socket;
    }

    private static async Task<string> ReceiveUntilAsync(Socket socket, string end)
    {
        using var patience = new CancellationTokenSource(Patience);
        var received = new StringBuilder();
        var buffer = new byte[4096];
        while (!received.ToString().Contains(end, StringComparison.Ordinal))
        {
            var read = await socket.ReceiveAsync(buffer, patience.Token);
            Assert.True(read > 0, $"the connection ended after: {received}");
            received.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        return received.ToString();
    }
}
