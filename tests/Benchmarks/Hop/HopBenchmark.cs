using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Hearth.Compute;
using Hearth.Transport.Doorbells;
using Hearth.Transport.Shares;

namespace Hearth.Benchmarks.Hop;

/// <summary>What it takes to hand one large update to a neighbour on the node.</summary>
/// <remarks>
/// A hop begins where each system's runtime has the update: sealed in the producer's share, or in the producer's memory, written and touched. It ends when
/// the producer has been told that the consumer, another process, has summed every element. Systems take turns, so that a disturbance does not hit one of
/// them alone; medians count; CPU is that of all processes that take part, Redis' included.
/// <para>Fair, because every system runs as it would in a federation, whose updates are of one size: memory is used again from round to round. The peers
/// receive into memory that was touched before, Redis' allocator has what the last value left, and <c>share</c> has the consumer's mapping of the memory
/// that the producer writes anew each round. <c>fresh</c> shows what it costs without that: a new file each round, mapped and unmapped page by page. The
/// peers sum each megabyte while it is in the cache, and the sum is the same code.</para>
/// </remarks>
internal sealed class HopBenchmark(TimeProvider time) : IBenchmark
{
    public const long Budget = 1L << 30;

    private const int Rounds = 15;
    private const int WarmUps = 2;
    private const double Ratio = 5;

    private static readonly string[] Shares = ["share", "fresh"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HostBuffer _update = HostBuffer.Allocate(Update.Length);

    public string Name => "hop";

    public string Question => "one update of 240 MB from a process to its neighbour, summed there: node share, loopback TCP, Redis";

    public async Task<BenchmarkRow> RunAsync(CancellationToken cancel)
    {
        var temporary = Directory.CreateTempSubdirectory("hearth-hop-");
        var folder = Path.Combine(NodeMemory.Folder, temporary.Name);
        try
        {
            var redisSocket = Path.Combine(temporary.FullName, "redis");
            using var redis = await RedisServer.StartAsync(redisSocket, cancel);
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            using var share = NodeShare.Open(folder, Shares[0], new() { Budget = Budget }, time);
            using var fresh = NodeShare.Open(folder, Shares[1], new() { Budget = Budget, IdleTime = TimeSpan.Zero }, time);
            using var consumer = StartConsumer(folder, ((IPEndPoint)listener.LocalEndpoint).Port, redisSocket);
            using var tcp = await listener.AcceptSocketAsync(cancel);
            tcp.NoDelay = true;
            await consumer.StandardOutput.ReadLineAsync(cancel);
            await using var bell = await Doorbell.ConnectAsync(share, HopConsumer.Owner, new(), time, cancel);
            await using var freshBell = await Doorbell.ConnectAsync(fresh, HopConsumer.Owner, new(), time, cancel);
            using var client = new RespClient(redisSocket);
            int[] both = [Environment.ProcessId, consumer.Id];
            HopSystem[] systems =
            [
                new(Shares[0], () => ShareAsync(share, bell, both, cancel)),
                new(Shares[1], () => ShareAsync(fresh, freshBell, both, cancel)),
                new("tcp", () => TimeAsync(both, () => SendByTcp(tcp))),
                new("redis", () => SendByRedisAsync(client, tcp, [.. both, redis.Id])),
            ];
            var mapped = await MeasureAsync(systems, consumer, cancel);
            consumer.StandardInput.Close();
            await consumer.WaitForExitAsync(cancel).WaitAsync(Patience, cancel);
            return Row(systems, mapped.Copied + share.Counters.Copied, mapped.Mapped);
        }
        finally
        {
            temporary.Delete(recursive: true);
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            _update.Dispose();
        }
    }

    private static Process StartConsumer(string folder, int port, string redis) => Process.Start(
        new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Hearth.Benchmarks"), [HopConsumer.Command, folder, port.ToString(CultureInfo.InvariantCulture), redis])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;

    private async Task<(long Copied, long Mapped)> MeasureAsync(HopSystem[] systems, Process consumer, CancellationToken cancel)
    {
        (long Copied, long Mapped) counters = default;
        for (var round = -WarmUps; round < Rounds; round++)
        {
            Update.Fill(_update.AsSpan(), round + WarmUps);
            var expected = Update.SumPieces(_update.AsSpan());
            foreach (var system in systems)
            {
                await system.RunAsync(counts: round >= 0);
                (var sum, counters.Copied, counters.Mapped) = await AskAsync(consumer, cancel);
                if (sum != expected)
                    throw new InvalidOperationException($"Of the update by \"{system.Name}\" the consumer summed {sum}, expected {expected}.");
            }
        }
        return counters;
    }

    private static BenchmarkRow Row(HopSystem[] systems, long copied, long mapped)
    {
        var figures = new List<(string Name, double Value)>();
        foreach (var system in systems)
        {
            figures.Add(($"{system.Name}Ms", system.MedianTime.TotalMilliseconds));
            figures.Add(($"{system.Name}CpuMs", system.MedianCpu.TotalMilliseconds));
        }
        var goals = new List<(string Text, bool IsReached)>();
        foreach (var peer in systems.Skip(Shares.Length))
        {
            var (times, cpu) = (peer.MedianTime / systems[0].MedianTime, peer.MedianCpu / systems[0].MedianCpu);
            figures.Add(($"{peer.Name}TimeRatio", times));
            figures.Add(($"{peer.Name}CpuRatio", cpu));
            goals.Add(($"{Ratio:0} times faster than {peer.Name}", times >= Ratio));
            goals.Add(($"{Ratio:0} times less CPU than {peer.Name}", cpu >= Ratio));
        }
        figures.Add(("copiedMb", copied / 1e6));
        figures.Add(("mappedMb", mapped / 1e6));
        var expected = (long)(Rounds + WarmUps) * Shares.Length * Update.Length;
        goals.Add(("no payload byte copied from producer to consumer, all of them mapped", copied == 0 && mapped == expected));
        return new(figures, goals);
    }

    private async Task<(TimeSpan Elapsed, TimeSpan Cpu)> ShareAsync(NodeShare share, Doorbell bell, int[] processes, CancellationToken cancel)
    {
        using var draft = await share.CreateAsync("update", Update.Length, cancel);
        _update.AsSpan().CopyTo(draft.Buffer.AsSpan());
        using var update = draft.Seal();
        var result = await TimeAsync(processes, () => bell.RingAsync(0, update.Entry, cancel).Wait(cancel));
        share.Remove("update");
        return result;
    }

    private void SendByTcp(Socket tcp)
    {
        Span<byte> header = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(header, Update.Length);
        tcp.Send(header);
        for (var update = _update.AsSpan(); !update.IsEmpty;)
            update = update[tcp.Send(update[..Math.Min(update.Length, Update.Piece)])..];
        tcp.Receive(header[..1]);
    }

    private async Task<(TimeSpan Elapsed, TimeSpan Cpu)> SendByRedisAsync(RespClient client, Socket tcp, int[] processes)
    {
        var result = await TimeAsync(
            processes,
            () =>
            {
                client.Set(HopConsumer.Key, _update.AsSpan());
                Span<byte> header = stackalloc byte[sizeof(long)];
                BinaryPrimitives.WriteInt64LittleEndian(header, HopConsumer.AskRedis);
                tcp.Send(header);
                tcp.Receive(header[..1]);
            });
        client.Clear();
        return result;
    }

    private Task<(TimeSpan Elapsed, TimeSpan Cpu)> TimeAsync(int[] processes, Action hop)
    {
        var before = processes.Select(ProcessClockNative.Cpu).Aggregate((a, b) => a + b);
        var started = time.GetTimestamp();
        hop();
        var elapsed = time.GetElapsedTime(started);
        return Task.FromResult((elapsed, processes.Select(ProcessClockNative.Cpu).Aggregate((a, b) => a + b) - before));
    }

    private static async Task<(double Sum, long Copied, long Mapped)> AskAsync(Process consumer, CancellationToken cancel)
    {
        await consumer.StandardInput.WriteLineAsync("?");
        await consumer.StandardInput.FlushAsync(cancel);
        var words = (await consumer.StandardOutput.ReadLineAsync(cancel) ?? throw new InvalidOperationException("The consumer ended.")).Split(' ');
        return (double.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture), long.Parse(words[2], CultureInfo.InvariantCulture));
    }
}
