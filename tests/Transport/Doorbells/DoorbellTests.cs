using System.Net.Sockets;
using Hearth.Testing;
using Hearth.Transport.Doorbells;
using Hearth.Transport.Shares;
using Hearth.Transport.Tests.Shares;

namespace Hearth.Transport.Tests.Doorbells;

public sealed class DoorbellTests : IDisposable
{
    private static readonly DoorbellOptions Options = new() { Credits = 2 };
    private readonly ShareFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ring_ForAnObject_ReachesTheNeighbourAndIsAnswered()
    {
        var (a, b) = (_folder.Open("a"), _folder.Open("b"));
        await using var door = DoorbellListener.Bind(b, Options, TimeProvider.System);
        await using var bell = await ConnectAsync(a, "b");
        using var visitor = await AcceptAsync(door);
        using var draft = await a.CreateAsync("x", 10, default);
        using var sealedObject = draft.Seal();
        for (var i = 1; i <= 5; i++)
        {
            var answer = bell.RingAsync(7, sealedObject.Entry, default);
            var ring = await ReceiveAsync(visitor);
            Assert.Equal(new DoorbellRing(i, 7, new ShareEntry("a", "x", 10)), ring);
            b.Open(ring!.Entry.Owner, ring.Entry.Name).Dispose();
            await visitor.AnswerAsync(ring, (ushort)(40 + i), default);
            Assert.Equal(40 + i, await answer.WaitAsync(ShareFolder.Generous));
        }
    }

    [Fact]
    public async Task Ring_WithoutACredit_WaitsForAnAnswer()
    {
        var (a, b) = (_folder.Open("a"), _folder.Open("b"));
        await using var door = DoorbellListener.Bind(b, Options, TimeProvider.System);
        await using var bell = await ConnectAsync(a, "b");
        using var visitor = await AcceptAsync(door);
        var rings = Enumerable.Range(0, 3).Select(i => bell.RingAsync(0, new("a", $"x{i}", i), default)).ToList();
        var first = await ReceiveAsync(visitor);
        var second = await ReceiveAsync(visitor);
        var third = visitor.ReceiveAsync(default);
        Assert.Equal(["x0", "x1"], [first!.Entry.Name, second!.Entry.Name]);
        Assert.False(third.IsCompleted);
        await visitor.AnswerAsync(second, 0, default);
        Assert.Equal("x2", (await third.WaitAsync(ShareFolder.Generous))!.Entry.Name);
        Assert.False(rings[0].IsCompleted);
    }

    [Fact]
    public async Task Neighbour_Killed_IsSeenAtOnce()
    {
        var us = _folder.Open("us");
        await using var neighbour = _folder.Start("them");
        Assert.Equal("bound", await neighbour.DoAsync("bind"));
        await using var bell = await ConnectAsync(us, "them");
        var ring = bell.RingAsync(1, new("us", "x", 1), default);
        var lost = new TaskCompletionSource();
        await using var registration = bell.Lost.Register(lost.SetResult);
        await neighbour.KillAsync();
        await lost.Task.WaitAsync(ShareFolder.Generous);
        Assert.Equal(DoorbellFault.PeerLost, (await Assert.ThrowsAsync<DoorbellException>(() => ring)).Fault);
        Assert.Equal(DoorbellFault.PeerLost, (await Assert.ThrowsAsync<DoorbellException>(() => bell.RingAsync(1, new("us", "x", 1), default))).Fault);
        Assert.Equal(DoorbellFault.Unreachable, (await Assert.ThrowsAsync<DoorbellException>(() => ConnectAsync(us, "them"))).Fault);
    }

    [Fact]
    public async Task Caller_Killed_IsSeenAtOnce()
    {
        var us = _folder.Open("us");
        await using var door = DoorbellListener.Bind(us, Options, TimeProvider.System);
        await using var neighbour = _folder.Start("them");
        Assert.Equal("connected", await neighbour.DoAsync("ring us"));
        using var visitor = await AcceptAsync(door);
        Assert.Equal("them", visitor.Owner);
        var next = visitor.ReceiveAsync(default);
        await neighbour.KillAsync();
        Assert.Null(await next.WaitAsync(ShareFolder.Generous));
    }

    [Fact]
    public async Task Stranger_OfAnotherUser_IsTurnedAway()
    {
        var (a, b) = (_folder.Open("a"), _folder.Open("b"));
        await using var door = DoorbellListener.Bind(b, Options, TimeProvider.System, PosixNative.User() + 1);
        Assert.Equal(DoorbellFault.TurnedAway, (await Assert.ThrowsAsync<DoorbellException>(() => ConnectAsync(a, "b"))).Fault);
    }

    [Fact]
    public async Task Stranger_WithoutAHello_IsTurnedAway()
    {
        var b = _folder.Open("b");
        await using var door = DoorbellListener.Bind(b, Options, TimeProvider.System);
        using var stranger = Connect(b);
        await stranger.SendAsync(new byte[DoorbellHello.Size]);
        Assert.Equal(0, await ReadAsync(stranger));
        using var badName = Connect(b);
        await badName.SendAsync(DoorbellHello.Write("../a"));
        Assert.Equal(0, await ReadAsync(badName));
    }

    [Fact]
    public async Task Stranger_ThatIsSilent_IsTurnedAwayInTime()
    {
        var clock = new ManualTimeProvider();
        var (a, b) = (_folder.Open("a"), _folder.Open("b"));
        await using var door = DoorbellListener.Bind(b, Options, clock);
        using var stranger = Connect(b);
        await clock.WaitForTimerAsync(Options.HelloTimeout);
        // It does not keep others out.
        await using (await ConnectAsync(a, "b"))
            (await AcceptAsync(door)).Dispose();
        clock.Advance(Options.HelloTimeout);
        Assert.Equal(0, await ReadAsync(stranger));
    }

    [Fact]
    public async Task Visitor_BeyondTheMost_IsTurnedAwayUntilOneLeaves()
    {
        var (a, b) = (_folder.Open("a"), _folder.Open("b"));
        await using var door = DoorbellListener.Bind(b, Options with { MaxVisitors = 1 }, TimeProvider.System);
        await using var first = await ConnectAsync(a, "b");
        using var visitor = await AcceptAsync(door);
        Assert.Equal(DoorbellFault.TurnedAway, (await Assert.ThrowsAsync<DoorbellException>(() => ConnectAsync(a, "b"))).Fault);
        visitor.Dispose();
        await using var second = await ConnectAsync(a, "b");
    }

    [Fact]
    public async Task Visitor_RingingBeyondItsCredits_IsTurnedAway()
    {
        var b = _folder.Open("b");
        await using var door = DoorbellListener.Bind(b, Options, TimeProvider.System);
        using var greedy = Connect(b);
        await greedy.SendAsync(DoorbellHello.Write("greedy"));
        using var visitor = await AcceptAsync(door);
        var frame = new byte[DoorbellFrame.Size];
        for (var i = 1; i <= 3; i++)
        {
            new DoorbellFrame(DoorbellFrameType.Ring, i, 0, 0, "x").Write(frame);
            await greedy.SendAsync(frame);
        }
        await ReceiveAsync(visitor);
        await ReceiveAsync(visitor);
        Assert.Equal(DoorbellFault.OutOfStep, (await Assert.ThrowsAsync<DoorbellException>(() => ReceiveAsync(visitor))).Fault);
    }

    [Theory]
    [InlineData(2, "x", 2)]
    [InlineData(1, "../x", 2)]
    [InlineData(1, "", 2)]
    [InlineData(1, "x", 3)]
    public async Task Visitor_SendingNonsense_IsTurnedAway(long sequence, string name, byte type)
    {
        var b = _folder.Open("b");
        await using var door = DoorbellListener.Bind(b, Options, TimeProvider.System);
        using var caller = Connect(b);
        await caller.SendAsync(DoorbellHello.Write("a"));
        using var visitor = await AcceptAsync(door);
        var frame = new byte[DoorbellFrame.Size];
        new DoorbellFrame((DoorbellFrameType)type, sequence, 0, 0, name).Write(frame);
        await caller.SendAsync(frame);
        Assert.Equal(DoorbellFault.OutOfStep, (await Assert.ThrowsAsync<DoorbellException>(() => ReceiveAsync(visitor))).Fault);
    }

    [Fact]
    public async Task Bell_OfADeadOwner_IsHungAnew()
    {
        await using (var neighbour = _folder.Start("them"))
            Assert.Equal("bound", await neighbour.DoAsync("bind"));
        var them = _folder.Open("them");
        await using var door = DoorbellListener.Bind(them, Options, TimeProvider.System);
        await using var bell = await ConnectAsync(_folder.Open("us"), "them");
    }

    [Fact]
    public async Task Ring_ForAnObjectWithALongName_IsRefused()
    {
        var (a, b) = (_folder.Open("a"), _folder.Open("b"));
        await using var door = DoorbellListener.Bind(b, Options, TimeProvider.System);
        await using var bell = await ConnectAsync(a, "b");
        await Assert.ThrowsAsync<ArgumentException>(() => bell.RingAsync(0, new("a", new string('n', 45), 0), default));
    }

    private static Task<Doorbell> ConnectAsync(NodeShare share, string owner) =>
        Doorbell.ConnectAsync(share, owner, Options, TimeProvider.System, default).WaitAsync(ShareFolder.Generous);

    private static Task<DoorbellVisitor> AcceptAsync(DoorbellListener door) => door.AcceptAsync(default).AsTask().WaitAsync(ShareFolder.Generous);

    private static Task<DoorbellRing?> ReceiveAsync(DoorbellVisitor visitor) => visitor.ReceiveAsync(default).WaitAsync(ShareFolder.Generous);

    private static Socket Connect(NodeShare share)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(DoorbellListener.EndPointOf(DoorbellListener.PathOf(share, share.Owner)));
        return socket;
    }

    private static async Task<int> ReadAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1]).WaitAsync(ShareFolder.Generous);
        }
        catch (SocketException)
        {
            // Closed with bytes unread.
            return 0;
        }
    }
}
