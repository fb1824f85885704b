using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Hearth.Compute;
using Hearth.Transport.Doorbells;
using Hearth.Transport.Shares;

namespace Hearth.Benchmarks.Hop;

/// <summary>The process that sums: this program, started with <see cref="Command"/>. Answers each hop when every element is summed.</summary>
internal sealed class HopConsumer : IDisposable
{
    public const string Command = "hop-consumer";
    public const string Owner = "consumer";

    /// <summary>Sent instead of a length: the update is Redis' to give.</summary>
    public const long AskRedis = -1;

    public const string Key = "update";

    private readonly NodeShare _share;
    private readonly RespClient _redis;
    private readonly Socket _tcp = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    // Where the peers' updates are received: touched before the first round, and used again for each, so that no page of it is new in any round.
    private readonly HostBuffer _target = HostBuffer.Allocate(Update.Length);
    private double _sum;

    private HopConsumer(string folder, int port, string redis)
    {
        _target.AsSpan().Clear();
        _share = NodeShare.Open(folder, Owner, new() { Budget = HopBenchmark.Budget }, TimeProvider.System);
        _redis = new RespClient(redis);
        _tcp.Connect(IPAddress.Loopback, port);
    }

    /// <summary>The process: folder of the share, port of the producer, socket of Redis.</summary>
    public static async Task<int> RunAsync(string folder, string port, string redis)
    {
        using var consumer = new HopConsumer(folder, int.Parse(port, CultureInfo.InvariantCulture), redis);
        await using var door = DoorbellListener.Bind(consumer._share, new(), TimeProvider.System);
        new Thread(consumer.TakeFromSockets) { IsBackground = true }.Start();
        _ = Task.Run(() => consumer.AnswerDoorAsync(door));
        Console.WriteLine("ready");
        while (Console.ReadLine() is not null)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{consumer._sum:R} {consumer._share.Counters.Copied} {consumer._share.Counters.Mapped}"));
        return 0;
    }

    public void Dispose()
    {
        _share.Dispose();
        _redis.Dispose();
        _tcp.Dispose();
        _target.Dispose();
    }

    private async Task AnswerDoorAsync(DoorbellListener door)
    {
        while (true)
            _ = AnswerAsync(await door.AcceptAsync(default));
    }

    private async Task AnswerAsync(DoorbellVisitor visitor)
    {
        while (await visitor.ReceiveAsync(default) is { } ring)
        {
            using (var update = _share.Open(ring.Entry.Owner, ring.Entry.Name))
                _sum = Update.SumPieces(update.Buffer.AsSpan());
            await visitor.AnswerAsync(ring, 0, default);
        }
    }

    private void TakeFromSockets()
    {
        var header = new byte[sizeof(long)];
        Action<int, int> add = (offset, length) => _sum += Update.Sum(_target.AsSpan(offset, length));
        while (_tcp.Receive(header) == header.Length)
        {
            _sum = 0;
            if (BinaryPrimitives.ReadInt64LittleEndian(header) == AskRedis)
                _redis.Get(Key, _target.AsSpan(), Update.Piece, add);
            else
                SocketPieces.Receive(_tcp, _target.AsSpan(), Update.Piece, add);
            _tcp.Send(header.AsSpan(0, 1));
        }
    }
}
