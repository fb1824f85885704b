using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Hearth.Testing;
using Hearth.Transport.Collectives;

namespace Hearth.Transport.Tests.Collectives;

public sealed class RingTests
{
    public static TheoryData<int, int> Sizes
    {
        get
        {
            var data = new TheoryData<int, int>();
            foreach (var world in Enumerable.Range(1, 5))
            {
                // Fewer values than ranks, odd ones, more than one piece of 65,536, and more than one piece a part.
                foreach (var length in new[] { 0, 1, 2, 7, 1000, 200_001, 700_003 })
                    data.Add(world, length);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Sum_AnySize_IsTheSumInTheOrderOfRanksOnEveryRank(int world, int length)
    {
        using var group = await RingGroup.JoinAsync(world);
        var inputs = Enumerable.Range(0, world).Select(rank => Values(rank, length)).ToArray();
        var results = inputs.Select(input => input.ToArray()).ToArray();

        await group.AllAsync(ring => ring.SumAsync(results[ring.Rank], default));

        var expected = Expected(inputs, length);
        Assert.All(results, result => Assert.Equal(expected, MemoryMarshal.AsBytes<float>(result).ToArray()));
    }

    [Fact]
    public async Task Sum_RanksComeAtDifferentTimes_GivesTheSameBits()
    {
        using var group = await RingGroup.JoinAsync(3);
        var results = Enumerable.Range(0, 2).Select(_ => Enumerable.Range(0, 3).Select(rank => Values(rank, 100_000)).ToArray()).ToArray();
        using var gate = new SemaphoreSlim(0);

        await group.AllAsync(ring => ring.SumAsync(results[0][ring.Rank], default));
        var late = group.AllAsync(async ring =>
        {
            if (ring.Rank == 1)
                await gate.WaitAsync();
            await ring.SumAsync(results[1][ring.Rank], default);
        });
        gate.Release();
        await late;

        Assert.Equal(results[0], results[1]);
    }

    [Fact]
    public async Task Barrier_OneRankIsMissing_CompletesOnNone()
    {
        using var group = await RingGroup.JoinAsync(4);
        var early = group.Ranks.Take(3).Select(ring => ring.BarrierAsync(default)).ToArray();

        // A round of traffic of another group shows that there was time enough to go wrong.
        using (var other = await RingGroup.JoinAsync(4))
            await other.AllAsync(ring => ring.BarrierAsync(default));
        Assert.DoesNotContain(early, barrier => barrier.IsCompleted);

        await group.Ranks[3].BarrierAsync(default).WaitAsync(RingGroup.Patience);
        await Task.WhenAll(early).WaitAsync(RingGroup.Patience);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    [InlineData(5, 1_000_001)]
    public async Task Broadcast_AnySize_ReachesEveryRank(int world, int length)
    {
        using var group = await RingGroup.JoinAsync(world);
        var blob = new byte[length];
        new Random(1).NextBytes(blob);
        var received = new ReadOnlyMemory<byte>[world];

        await group.AllAsync(async ring => received[ring.Rank] = await ring.BroadcastAsync(ring.Rank == 0 ? blob : default, length, default));

        Assert.All(received, bytes => Assert.Equal(blob, bytes.ToArray()));
    }

    [Fact]
    public async Task Broadcast_MoreThanARankTakes_EndsOnEveryRank()
    {
        using var group = await RingGroup.JoinAsync(3);

        var errors = await ErrorsAsync(group.Ranks.Select(ring => Then(ring, ring.BroadcastAsync(ring.Rank == 0 ? new byte[100] : default, 99, default))));

        Assert.Equal(CollectiveFault.OutOfStep, errors[1]!.Fault);
        Assert.All(errors, Assert.NotNull);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Sum_OneRankEndsInsteadOfTakingPart_FailsOnAllOthers(int world)
    {
        using var group = await RingGroup.JoinAsync(world);
        await group.AllAsync(ring => ring.SumAsync(new float[1000], default));
        var others = group.Ranks.Skip(1).Select(ring => ring.SumAsync(new float[300_000], default)).ToArray();

        group.Ranks[0].Dispose();

        Assert.All(await ErrorsAsync(others), error => Assert.Equal(CollectiveFault.PeerLost, error!.Fault));
    }

    [Fact]
    public async Task Sum_OneRankEndsInTheMiddle_FailsOnAllOthers()
    {
        using var group = await RingGroup.JoinAsync(3);
        // Rank 2 has not begun, so rank 0 stops within its steps, however fast they are.
        using var stop = new CancellationTokenSource();
        var (first, second) = (group.Ranks[0].SumAsync(new float[1_000_000], stop.Token), group.Ranks[1].SumAsync(new float[1_000_000], default));

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(RingGroup.Patience));
        var third = group.Ranks[2].SumAsync(new float[1_000_000], default);
        Assert.All(await ErrorsAsync([second, third]), error => Assert.Equal(CollectiveFault.PeerLost, error!.Fault));
    }

    [Fact]
    public async Task AnyOperation_AfterAFailure_FailsAtOnceWithItsReason()
    {
        using var group = await RingGroup.JoinAsync(2);
        group.Ranks[0].Dispose();
        await Assert.ThrowsAsync<CollectiveException>(() => group.Ranks[1].BarrierAsync(default).WaitAsync(RingGroup.Patience));

        var error = await Assert.ThrowsAsync<CollectiveException>(() => group.Ranks[1].BarrierAsync(default));

        Assert.Equal((CollectiveFault.PeerLost, 0), (error.Fault, error.Rank));
    }

    [Fact]
    public async Task Sum_ARankIsSilent_IsGivenUpAfterTheStallTimeout()
    {
        var time = new ManualTimeProvider();
        using var group = await RingGroup.JoinAsync(2, new RingOptions { StallTimeout = TimeSpan.FromSeconds(60) }, time);
        var sum = group.Ranks[1].SumAsync(new float[10], default);

        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(sum.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));

        var error = await Assert.ThrowsAsync<CollectiveException>(() => sum.WaitAsync(RingGroup.Patience));
        Assert.Equal((CollectiveFault.Stalled, 0), (error.Fault, error.Rank));
        Assert.Contains("60 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operations_RanksDoDifferentThings_FailOnBoth()
    {
        using var group = await RingGroup.JoinAsync(2);

        var errors = await ErrorsAsync([group.Ranks[0].SumAsync(new float[10], default), group.Ranks[1].SumAsync(new float[11], default)]);

        Assert.All(errors, Assert.NotNull);
        Assert.Contains(errors, error => error!.Fault == CollectiveFault.OutOfStep);
    }

    [Fact]
    public async Task Join_OtherToken_IsRefused()
    {
        using var first = RingGroup.Listen();
        using var second = RingGroup.Listen();
        IPEndPoint[] peers = [first.LocalEndPoint, second.LocalEndPoint];
        using var giveUp = new CancellationTokenSource();

        var right = Ring.JoinAsync(RingGroup.Identity(0, 2), first, peers, new(), TimeProvider.System, giveUp.Token);
        var wrong = Ring.JoinAsync(RingGroup.Identity(1, 2, "not-this"), second, peers, new(), TimeProvider.System, default);

        var error = await Assert.ThrowsAsync<CollectiveException>(() => wrong.WaitAsync(RingGroup.Patience));
        Assert.Equal(CollectiveFault.Refused, error.Fault);
        Assert.DoesNotContain("not-this", error.Message, StringComparison.Ordinal);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => right.WaitAsync(RingGroup.Patience));
    }

    [Fact]
    public async Task Join_StrangersConnectFirst_AreTurnedAwayAndDoNotDisturb()
    {
        var listeners = new[] { RingGroup.Listen(), RingGroup.Listen() };
        var peers = listeners.Select(listener => listener.LocalEndPoint).ToArray();
        using var silent = new TcpClient();
        using var noisy = new TcpClient();
        await silent.ConnectAsync(peers[0]);
        await noisy.ConnectAsync(peers[1]);
        await noisy.GetStream().WriteAsync(new byte[4096]);

        var ranks = await Task.WhenAll(listeners.Select((listener, rank) =>
            Ring.JoinAsync(RingGroup.Identity(rank, 2), listener, peers, new(), TimeProvider.System, default))).WaitAsync(RingGroup.Patience);

        await Task.WhenAll(ranks.Select(ring => ring.BarrierAsync(default))).WaitAsync(RingGroup.Patience);
        Assert.Equal(0, await ReadToEndAsync(silent));
        foreach (var ring in ranks)
            ring.Dispose();
        foreach (var listener in listeners)
            listener.Dispose();
    }

    [Fact]
    public async Task Join_ARankNeverComes_SaysWhichAfterTheTimeout()
    {
        var time = new ManualTimeProvider();
        using var listener = RingGroup.Listen();
        using var absent = RingGroup.Listen();
        IPEndPoint[] peers = [listener.LocalEndPoint, absent.LocalEndPoint];
        var join = Ring.JoinAsync(RingGroup.Identity(0, 2), listener, peers, new(), time, default);

        // The clock moves on until the deadline is set and passed.
        while (!join.IsCompleted)
        {
            time.Advance(TimeSpan.FromMinutes(5));
            await Task.Yield();
        }

        var error = await Assert.ThrowsAsync<CollectiveException>(() => join);
        Assert.Contains("rank 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_ARankEndsBeforeAllHaveMet_FailsAtOnce()
    {
        using var listener = RingGroup.Listen();
        using var peer = new RawPeer();
        var join = Ring.JoinAsync(RingGroup.Identity(0, 2), listener, [listener.LocalEndPoint, peer.Address], new(), TimeProvider.System, default);
        await peer.MeetAsync(listener.LocalEndPoint);

        peer.Dispose();

        var error = await Assert.ThrowsAsync<CollectiveException>(() => join.WaitAsync(RingGroup.Patience));
        Assert.Equal((CollectiveFault.PeerLost, 1), (error.Fault, error.Rank));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Join_ARankSendsGarbage_IsOutOfStep(int seed)
    {
        using var listener = RingGroup.Listen();
        using var peer = new RawPeer();
        var join = Ring.JoinAsync(RingGroup.Identity(0, 2), listener, [listener.LocalEndPoint, peer.Address], new(), TimeProvider.System, default);
        await peer.MeetAsync(listener.LocalEndPoint);
        var garbage = new byte[1000];
        new Random(seed).NextBytes(garbage);

        await peer.SendAsync(garbage);

        var error = await Assert.ThrowsAsync<CollectiveException>(() => join.WaitAsync(RingGroup.Patience));
        Assert.Equal(CollectiveFault.OutOfStep, error.Fault);
    }

    [Fact]
    public async Task Broadcast_TheFirstRankEndsInTheMiddle_FailsOnAllOthers()
    {
        using var group = await RingGroup.JoinAsync(3);
        using var stop = new CancellationTokenSource();
        var all = group.Ranks.Select(ring => ring.BroadcastAsync(ring.Rank == 0 ? new byte[100_000_000] : default, 100_000_000, ring.Rank == 0 ? stop.Token : default)).ToArray();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => all[0].WaitAsync(RingGroup.Patience));
        Assert.All(await ErrorsAsync(all.Skip(1)), error => Assert.Equal(CollectiveFault.PeerLost, error!.Fault));
    }

    [Theory]
    [InlineData("another job", 1, 1, 2, "token")]
    [InlineData("job", 2, 1, 2, "token")]
    [InlineData("job", 1, 0, 2, "token")]
    [InlineData("job", 1, 1, 3, "token")]
    [InlineData("job", 1, 1, 2, "another token")]
    public void Handshake_AnotherIdentity_IsNotWelcome(string job, int attempt, int rank, int world, string token)
    {
        var handshake = new RingHandshake(new("job", 1, 0, 2, "token"));

        Assert.True(handshake.IsWelcome(new RingHandshake(new("job", 1, 1, 2, "token")).Request()));
        Assert.False(handshake.IsWelcome(new RingHandshake(new(job, attempt, rank, world, token)).Request()));
    }

    private static async Task<int> ReadToEndAsync(TcpClient client)
    {
        try
        {
            return await client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(RingGroup.Patience);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>A rank that leaves the ring after its operation, as a process that ends.</summary>
    private static async Task Then(Ring ring, Task operation)
    {
        try
        {
            await operation;
            await ring.BarrierAsync(default);
        }
        finally
        {
            ring.Dispose();
        }
    }

    private static Task<CollectiveException?[]> ErrorsAsync(IEnumerable<Task> operations) => Task.WhenAll(operations.Select(async operation =>
    {
        try
        {
            await operation.WaitAsync(RingGroup.Patience);
            return null;
        }
        catch (CollectiveException e)
        {
            return e;
        }
    }));

    private static float[] Values(int rank, int length)
    {
        var random = new Random(rank);
        return [.. Enumerable.Range(0, length).Select(_ => (float)(random.NextDouble() - 0.5))];
    }

    /// <summary>Each part is summed from the rank of its number on.</summary>
    private static byte[] Expected(float[][] inputs, int length)
    {
        var world = inputs.Length;
        var sum = new float[length];
        for (var part = 0; part < world; part++)
        {
            for (var i = (int)((long)length * part / world); i < (int)((long)length * (part + 1) / world); i++)
            {
                sum[i] = inputs[part][i];
                for (var step = 1; step < world; step++)
                    sum[i] += inputs[(part + step) % world][i];
            }
        }
        return MemoryMarshal.AsBytes<float>(sum).ToArray();
    }
}
