using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Hearth.Testing;
using Microsoft.AspNetCore.Http;

namespace Hearth.Gateway.Tests.Invocation;

/// <summary>Requests whose worker does not answer the dial.</summary>
public sealed class HedgedDialTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(50);

    private readonly ManualTimeProvider _time = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<Socket>> _held = new();
    private readonly ConcurrentQueue<int> _dialled = new();
    private InvocationHarness _gateway = null!;

    public async Task InitializeAsync() => _gateway = await InvocationHarness.StartAsync(time: _time, dial: DialAsync);

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Invoke_DialIsSlow_ASecondWorkerAnswersAndTheRequestIsSentOnce()
    {
        var (slow, fast) = await ServeByTwoAsync();

        var call = InvokeAsync();
        await _time.WaitForTimerAsync(Slow);
        _time.Advance(Slow);

        Assert.Equal(HttpStatusCode.OK, (await call).StatusCode);
        Assert.Equal((0, 1), (slow.Requests, fast.Requests));
        Assert.Equal([slow.DataPort, fast.DataPort], _dialled);
    }

    [Fact]
    public async Task Invoke_SlowDialAnswersInTheEnd_ItsConnectionServesALaterRequest()
    {
        var (slow, fast) = await ServeByTwoAsync();
        var call = InvokeAsync();
        await _time.WaitForTimerAsync(Slow);
        _time.Advance(Slow);
        await call;
        await ReleaseAsync(slow.DataPort);
        // It is passed over for a moment after that.
        _time.Advance(TimeSpan.FromSeconds(1));
        fast.Answer = static context => { context.Abort(); return Task.CompletedTask; };

        Assert.Equal(HttpStatusCode.OK, (await InvokeAsync()).StatusCode);

        Assert.Equal(1, slow.Requests);
        Assert.Equal([slow.DataPort, fast.DataPort], _dialled);
    }

    [Fact]
    public async Task Invoke_FirstDialAnswersInTheRace_ItGetsTheRequest()
    {
        var (slow, fast) = await ServeByTwoAsync();
        Hold(fast.DataPort);

        var call = InvokeAsync();
        await _time.WaitForTimerAsync(Slow);
        _time.Advance(Slow);
        await ReleaseAsync(slow.DataPort);

        Assert.Equal(HttpStatusCode.OK, (await call).StatusCode);
        Assert.Equal((1, 0), (slow.Requests, fast.Requests));
    }

    [Fact]
    public async Task Invoke_DialIsSlowAndNoOtherHasRoom_RequestWaitsForIt()
    {
        var slow = await _gateway.ServeAsync();
        Hold(slow.DataPort);

        var call = InvokeAsync();
        await _time.WaitForTimerAsync(Slow);
        _time.Advance(Slow);
        await ReleaseAsync(slow.DataPort);

        Assert.Equal(HttpStatusCode.OK, (await call).StatusCode);
        Assert.Equal([slow.DataPort], _dialled);
    }

    [Fact]
    public async Task Invoke_BothDialsFail_RequestIsTriedAgain()
    {
        var (slow, fast) = await ServeByTwoAsync();
        Hold(fast.DataPort);

        var call = InvokeAsync();
        await _time.WaitForTimerAsync(Slow);
        _time.Advance(Slow);
        Fail(fast.DataPort);
        Fail(slow.DataPort);

        Assert.Equal(HttpStatusCode.OK, (await call).StatusCode);
        Assert.Equal(1, slow.Requests + fast.Requests);
    }

    /// <summary>Two workers, of which the one that is chosen first does not answer the dial.</summary>
    private async Task<(FakeWorker Slow, FakeWorker Fast)> ServeByTwoAsync()
    {
        var first = await _gateway.ServeAsync();
        var second = await _gateway.AddWorkerAsync();
        Hold(first.DataPort);
        return (first, second);
    }

    private Task<HttpResponseMessage> InvokeAsync() => _gateway.Http.GetAsync("/v1.0/invoke/fn/method/a").WaitAsync(Patience);

    private void Hold(int port) => _held[port] = new();

    private async Task ReleaseAsync(int port)
    {
        _held.TryRemove(port, out var held);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        // On the thread pool, where what waits for it runs before this returns.
        await Task.Run(() => held!.SetResult(socket));
    }

    private void Fail(int port)
    {
        _held.TryRemove(port, out var held);
        held!.SetException(new SocketException((int)SocketError.HostUnreachable));
    }

    private async Task<Socket> DialAsync(EndPoint endpoint, CancellationToken cancel)
    {
        var port = ((IPEndPoint)endpoint).Port;
        _dialled.Enqueue(port);
        if (_held.TryGetValue(port, out var held))
            return await held.Task;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endpoint, cancel);
        return socket;
    }
}
