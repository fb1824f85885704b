using System.Net;
using System.Security.Cryptography;
using Hearth.Testing;
using Hearth.Transport.Shares;
using Hearth.Transport.Streaming;
using Hearth.Transport.Tests.Shares;

namespace Hearth.Transport.Tests.Streaming;

public sealed class StreamingTests : IAsyncLifetime
{
    private const int Length = 1_000_000;
    private static readonly StreamingOptions Options = new() { Token = "secret", ChunkBytes = 64 << 10, Pause = TimeSpan.Zero };
    private readonly ShareFolder _there = new();
    private readonly ShareFolder _here = new();
    private NodeShare _source = null!;
    private NodeShare _target = null!;
    private ObjectServer _server = null!;

    public Task InitializeAsync()
    {
        _source = _there.Open("them", pages: 1024);
        _target = _here.Open("us", pages: 1024);
        _server = ObjectServer.Start(_source, new(IPAddress.Loopback, 0), Options, TimeProvider.System);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _there.Dispose();
        _here.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65536)]
    [InlineData(65537)]
    [InlineData(Length)]
    public async Task Fetch_OfAnObject_BringsTheSameBytesWithoutACopy(int length)
    {
        using var theirs = await SealAsync("x", length);
        using var ours = await FetchAsync(_server.LocalEndPoint, "x");
        Assert.Equal(theirs.Buffer.AsSpan(), ours.Buffer.AsSpan());
        Assert.Equal(new ShareEntry("us", "x", length), ours.Entry);
        // It counts what it sent after the client may have it all.
        await _server.DisposeAsync();
        Assert.Equal((length, 0, length), (_source.Counters.Sent, _target.Counters.Copied, _target.Counters.Received));
    }

    [Fact]
    public async Task Fetch_OverABrokenConnection_GoesOnWhereItBroke()
    {
        using var theirs = await SealAsync("x", Length);
        await using var proxy = new FaultyProxy(_server.LocalEndPoint);
        for (var i = 0; i < 3; i++)
            proxy.CutAfter(300_000);
        using var ours = await FetchAsync(proxy.EndPoint, "x");
        Assert.Equal(theirs.Buffer.AsSpan(), ours.Buffer.AsSpan());
        Assert.Equal(4, proxy.Connections);
        // What had come whole and was verified did not come again.
        Assert.Equal(Length, _target.Counters.Received);
    }

    [Fact]
    public async Task Fetch_WithAChangedByte_TakesTheChunkAgain()
    {
        using var theirs = await SealAsync("x", Length);
        await using var proxy = new FaultyProxy(_server.LocalEndPoint);
        proxy.ChangeByteAt(200_000);
        using var ours = await FetchAsync(proxy.EndPoint, "x");
        Assert.Equal(theirs.Buffer.AsSpan(), ours.Buffer.AsSpan());
        Assert.Equal(2, proxy.Connections);
    }

    [Fact]
    public async Task Fetch_WhereEveryConnectionIsChanged_GivesUpAndLeavesNothing()
    {
        using var theirs = await SealAsync("x", Length);
        await using var proxy = new FaultyProxy(_server.LocalEndPoint);
        for (var i = 0; i < Options.Attempts; i++)
            proxy.ChangeByteAt(2000);
        var error = await Assert.ThrowsAsync<StreamingException>(() => FetchAsync(proxy.EndPoint, "x"));
        Assert.Equal(StreamingFault.Corrupt, error.Fault);
        Assert.Contains("\"them/x\"", error.Message, StringComparison.Ordinal);
        Assert.Equal(Options.Attempts, proxy.Connections);
        Assert.Equal(0, _target.Used);
    }

    [Fact]
    public async Task Fetch_WithAnotherToken_IsTurnedAway()
    {
        using var theirs = await SealAsync("x", 10);
        var error = await Assert.ThrowsAsync<StreamingException>(() => FetchAsync(_server.LocalEndPoint, "x", Options with { Token = "guess" }));
        Assert.Equal(StreamingFault.TurnedAway, error.Fault);
    }

    [Fact]
    public async Task Fetch_OfWhatIsNotThere_SaysSo()
    {
        using var draft = await _source.CreateAsync("x", 10, default);
        var error = await Assert.ThrowsAsync<StreamingException>(() => FetchAsync(_server.LocalEndPoint, "x"));
        Assert.Equal(StreamingFault.NotFound, error.Fault);
    }

    [Fact]
    public async Task Fetch_OfAnotherLengthThanExpected_IsRefused()
    {
        using var theirs = await SealAsync("x", 10);
        var error = await Assert.ThrowsAsync<StreamingException>(() => RunAsync(_server.LocalEndPoint, new("them", "x", 11), Options, TimeProvider.System));
        Assert.Equal(StreamingFault.OutOfStep, error.Fault);
    }

    [Fact]
    public async Task Fetch_WhereNobodyListens_GivesUp()
    {
        var address = _server.LocalEndPoint;
        await _server.DisposeAsync();
        var error = await Assert.ThrowsAsync<StreamingException>(() => FetchAsync(address, "x"));
        Assert.Equal(StreamingFault.PeerLost, error.Fault);
    }

    [Fact]
    public async Task Fetch_FromASilentPeer_GivesUpInTime()
    {
        var clock = new ManualTimeProvider();
        await using var proxy = new FaultyProxy(null);
        var options = Options with { Attempts = 1 };
        var fetch = RunAsync(proxy.EndPoint, new("them", "x", -1), options, clock);
        await proxy.Accepted.WaitAsync(ShareFolder.Generous);
        await clock.WaitForTimerAsync(options.Allowance(StreamingHandshake.ChallengeLength));
        // Should the connection's own timer be the one that was armed, the next advance is for what follows it.
        while (!fetch.IsCompleted)
        {
            clock.Advance(options.Allowance(StreamingHandshake.ChallengeLength));
            if (await Task.WhenAny(fetch, clock.WaitForTimerAsync(options.Allowance(StreamingHandshake.ChallengeLength))) == fetch)
                break;
        }
        Assert.Equal(StreamingFault.PeerLost, (await Assert.ThrowsAsync<StreamingException>(() => fetch)).Fault);
    }

    [Fact]
    public async Task Fetch_FromWhatIsNoServer_IsRefused()
    {
        await using var proxy = new FaultyProxy(null) { Greeting = new byte[100] };
        var error = await Assert.ThrowsAsync<StreamingException>(() => FetchAsync(proxy.EndPoint, "x"));
        Assert.Equal(StreamingFault.OutOfStep, error.Fault);
    }

    [Fact]
    public async Task Fetch_WaitingForMemory_SaysThatItIsThereAndComes()
    {
        var clock = new ManualTimeProvider();
        // Longer than all pings of this test, so that no other timer falls due with them.
        var options = Options with { StallTimeout = TimeSpan.FromMinutes(10) };
        using var theirs = await SealAsync("x", Length);
        using (var all = await _target.CreateAsync("all", 1024 * ShareFolder.Page, default))
        {
            var fetch = RunAsync(_server.LocalEndPoint, theirs.Entry, options, clock);
            for (var i = 0; i < 5; i++)
            {
                await clock.WaitForTimerAsync(Options.PingInterval);
                clock.Advance(Options.PingInterval);
            }
            Assert.False(fetch.IsCompleted);
            all.Dispose();
            using var ours = await fetch.WaitAsync(ShareFolder.Generous);
            Assert.Equal(theirs.Buffer.AsSpan(), ours.Buffer.AsSpan());
        }
    }

    [Fact]
    public async Task Fetch_Cancelled_LeavesNothing()
    {
        using var theirs = await SealAsync("x", Length);
        await using var proxy = new FaultyProxy(_server.LocalEndPoint);
        proxy.HoldAfter(300_000);
        using var stop = new CancellationTokenSource();
        var fetch = ObjectFetch.RunAsync(_target, proxy.EndPoint, theirs.Entry, "x", Options, TimeProvider.System, stop.Token);
        await proxy.Held.WaitAsync(ShareFolder.Generous);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch);
        Assert.Equal(0, _target.Used);
    }

    [Fact]
    public async Task Fetch_OfAnObjectThatWasReplaced_StartsAnew()
    {
        var first = await SealAsync("x", Length);
        await using var proxy = new FaultyProxy(_server.LocalEndPoint);
        proxy.HoldAfter(300_000);
        var fetch = FetchAsync(proxy.EndPoint, "x");
        await proxy.Held.WaitAsync(ShareFolder.Generous);
        first.Dispose();
        _source.Remove("x");
        using var second = await SealAsync("x", Length);
        proxy.CutHeld();
        using var ours = await fetch;
        Assert.Equal(second.Buffer.AsSpan(), ours.Buffer.AsSpan());
    }

    [Fact]
    public async Task Fill_FromAStream_CountsTheOneCopyAndDigests()
    {
        var bytes = RandomNumberGenerator.GetBytes(Length);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var draft = await _target.CreateAsync("x", Length, default);
        Assert.Equal(Length, await draft.FillAsync(new MemoryStream(bytes), digest, default));
        Assert.Equal(SHA256.HashData(bytes), digest.GetHashAndReset());
        Assert.Equal(bytes, draft.Buffer.AsSpan());
        Assert.Equal(Length, _target.Counters.Copied);
        Assert.Equal(10, await draft.FillAsync(new MemoryStream(bytes, 0, 10), null, default));
        await Assert.ThrowsAsync<InvalidDataException>(() => draft.FillAsync(new MemoryStream(new byte[Length + 1]), null, default));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(240)]
    public void Validate_OfPingsThatComeTooSeldom_NamesThem(int seconds) =>
        Assert.Single((Options with { PingInterval = TimeSpan.FromSeconds(seconds) }).Validate());

    private async Task<ShareObject> SealAsync(string name, int length)
    {
        using var draft = await _source.CreateAsync(name, length, default);
        RandomNumberGenerator.Fill(draft.Buffer.AsSpan());
        return draft.Seal();
    }

    private Task<ShareObject> FetchAsync(IPEndPoint server, string name, StreamingOptions? options = null) =>
        RunAsync(server, new("them", name, -1), options ?? Options, TimeProvider.System);

    private Task<ShareObject> RunAsync(IPEndPoint server, ShareEntry wanted, StreamingOptions options, TimeProvider time) =>
        ObjectFetch.RunAsync(_target, server, wanted, wanted.Name, options, time, default).WaitAsync(ShareFolder.Generous);
}
