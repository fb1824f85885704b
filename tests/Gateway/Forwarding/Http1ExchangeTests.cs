using System.Net;
using System.Net.Sockets;
using System.Text;
using Hearth.Api;
using Hearth.Api.Workers;
using Hearth.Policies.Pods;
using Hearth.Testing;

namespace Hearth.Gateway.Tests.Forwarding;

/// <summary>The gateway before workers that answer oddly, against the rules, or not to the end.</summary>
public sealed class Http1ExchangeTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private const string Path = "/v1.0/invoke/fn/method/a";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly RawWorker _worker = new();
    private InvocationHarness _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await InvocationHarness.StartAsync();
        var function = Make.Function();
        _gateway.Functions.Set(function);
        var pod = new MakeWorker("raw").Assigned("fn", DateTimeOffset.UnixEpoch, hash: FunctionHash.Of(function.Spec)).Ready().Build();
        pod.Metadata.Namespace = Make.Namespace;
        foreach (var port in pod.Spec.Containers[0].Ports!.Where(port => port.Name == HearthApi.DataPortName))
            port.ContainerPort = _worker.Port;
        _gateway.Pods.Set(pod);
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _worker.DisposeAsync();
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")]
    public async Task Send_AnswerAgainstTheRules_Is502AndTheConnectionIsGone(string answer)
    {
        Say(answer);
        using (var response = await _gateway.Http.GetAsync(Path))
            Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);

        await AssertNextIsUnharmedAsync(connections: 2);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")]
    public async Task Send_MoreThanTheAnswerOrClose_ConnectionIsNotUsedAgain(string answer)
    {
        Say(answer);
        Assert.Equal("ok", await _gateway.Http.GetStringAsync(Path));

        await AssertNextIsUnharmedAsync(connections: 2);
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", 204)]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", 204)]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\nETag: \"x\"\r\n\r\n", 304)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200)]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200)]
    public async Task Send_AnswerWithoutBody_EndsWithItsHead(string answer, int status)
    {
        Say(answer);
        using (var response = await _gateway.Http.GetAsync(Path))
            Assert.Equal((status, ""), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));

        await AssertNextIsUnharmedAsync(connections: 1);
    }

    [Fact]
    public async Task Send_Head_HasNoBodyWhateverItsLength()
    {
        Say("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        using (var response = await _gateway.Http.SendAsync(new(HttpMethod.Head, Path)))
            Assert.Equal(1000, response.Content.Headers.ContentLength);

        await AssertNextIsUnharmedAsync(connections: 1);
    }

    [Fact]
    public async Task Send_AnswerUntilClose_IsPassedWhole()
    {
        _worker.Answer = _ => [RawWorker.Bytes("HTTP/1.0 200 OK\r\n\r\none "), RawWorker.Bytes("two"), null];

        Assert.Equal("one two", await _gateway.Http.GetStringAsync(Path));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\npart")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\nnonsense\r\n")]
    public async Task Send_AnswerThatBreaksOff_IsNotTakenForWhole(string answer)
    {
        _worker.Answer = _ => [RawWorker.Bytes(answer), null];

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => _gateway.Http.GetStringAsync(Path));
    }

    [Fact]
    public async Task Send_WorkerClosesBeforeItAnswers_IdempotentRequestIsRepeatedOnANewConnection()
    {
        var asked = 0;
        _worker.Answer = _ => Interlocked.Increment(ref asked) == 1 ? [null] : [RawWorker.Bytes(Ok)];

        Assert.Equal("ok", await _gateway.Http.GetStringAsync(Path));
        Assert.Equal(2, _worker.Connections);
    }

    [Fact]
    public async Task Send_AnswerBeforeTheBodyIsThere_IsPassedAtOnce()
    {
        _worker.Answer = _ => [RawWorker.Bytes("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")];
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _gateway.Url.Port);
        await socket.SendAsync(RawWorker.Bytes($"POST {Path} HTTP/1.1\r\nHost: g\r\nContent-Length: 1000\r\n\r\npart"));

        var buffer = new byte[1000];
        var read = await socket.ReceiveAsync(buffer).WaitAsync(Patience);

        Assert.StartsWith("HTTP/1.1 413 Too Large", Encoding.ASCII.GetString(buffer, 0, read), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_SmallPost_IsOneWriteWithItsLength()
    {
        using var response = await _gateway.Http.PostAsync(Path, new StringContent("hello"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var head = Assert.Single(_worker.Heads);
        Assert.StartsWith("POST /a HTTP/1.1\r\nHost: 127.0.0.1:", head, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Length: 5", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Transfer-Encoding", head, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Send_PostWithoutBody_SaysSo()
    {
        using var response = await _gateway.Http.PostAsync(Path, null);

        Assert.EndsWith("\r\nContent-Length: 0", Assert.Single(_worker.Heads), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_RandomDamageToAnswers_EveryCallerIsToldAndTheNextIsUnharmed()
    {
        var random = new Random(5);
        var usual = RawWorker.Bytes("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");
        for (var round = 0; round < 150; round++)
        {
            var damaged = usual.ToArray();
            for (var damage = random.Next(1, 5); damage > 0; damage--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            // Closed after it, so that an answer which now seems to go on ends too.
            _worker.Answer = _ => [damaged, null];
            try
            {
                using var response = await _gateway.Http.PostAsync(Path, new StringContent("x")).WaitAsync(Patience);
                Assert.True(response.StatusCode != HttpStatusCode.InternalServerError || damaged.AsSpan().IndexOf(" 500 "u8) >= 0, "a fault of the gateway");
            }
            catch (HttpRequestException)
            {
            }
            _worker.Answer = _ => [RawWorker.Bytes(Ok)];
            Assert.Equal("ok", await _gateway.Http.GetStringAsync(Path).WaitAsync(Patience));
        }
    }

    private void Say(string answer) => _worker.Answer = _ => [RawWorker.Bytes(answer)];

    private async Task AssertNextIsUnharmedAsync(int connections)
    {
        Say(Ok);
        Assert.Equal("ok", await _gateway.Http.GetStringAsync(Path));
        Assert.Equal(connections, _worker.Connections);
    }
}
