using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Hearth.Transport.Collectives;

/// <summary>One all-reduce: every rank's values become the sum over the ranks.</summary>
/// <remarks>
/// <code>
///   1. The values are cut into as many parts as there are ranks.
///   2. Reduce-scatter, world size - 1 steps: in step s rank r sends part r - s and adds what comes to part r - s - 1.
///   3. All-gather, as many steps: the same, but what comes replaces.
/// </code>
/// What comes in a step is what is sent in the next, so it is passed on piece by piece while the rest still comes. A part is summed in the order of
/// ranks, beginning with the one of its number, and then only copied: the result is the same bits on every rank, whatever the timing.
/// Every step has a message even where its part is empty, and none is sent before that of the step before has come; so a sum of nothing is a barrier.
/// </remarks>
internal sealed class RingSum(RingIdentity identity, RingLink previous, RingLink next, long sequence, Memory<float> values, Action progressed)
{
    private const int PieceLength = 1 << 16;

    // Lengths of the pieces that have come, for the sender; 0 announces a step.
    private readonly Channel<int> _arrived = Channel.CreateUnbounded<int>(new() { SingleReader = true, SingleWriter = true });

    private int Steps => 2 * (identity.WorldSize - 1);

    /// <summary>Sends; ends when everything is sent.</summary>
    public async Task SendAsync(CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceLength * sizeof(float));
        try
        {
            for (var step = 0; step < Steps; step++)
            {
                var (offset, length) = PartOf(identity.Rank - step);
                if (step > 0)
                    await _arrived.Reader.ReadAsync(cancel);
                new RingMessage(RingMessageKind.Sum, sequence, step, length * sizeof(float)).Write(buffer);
                await next.SendAsync(buffer.AsMemory(0, RingMessage.Size), cancel);
                for (var sent = 0; sent < length;)
                {
                    var count = step > 0 ? await _arrived.Reader.ReadAsync(cancel) : Math.Min(PieceLength, length - sent);
                    var bytes = count * sizeof(float);
                    MemoryMarshal.AsBytes(values.Span.Slice(offset + sent, count)).CopyTo(buffer);
                    await next.SendAsync(buffer.AsMemory(0, bytes), cancel);
                    progressed();
                    sent += count;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Receives; ends when every value is the sum.</summary>
    /// <exception cref="CollectiveException">The neighbour does something else.</exception>
    public async Task ReceiveAsync(CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceLength * sizeof(float));
        try
        {
            for (var step = 0; step < Steps; step++)
            {
                var (offset, length) = PartOf(identity.Rank - step - 1);
                await previous.ReceiveAsync(buffer.AsMemory(0, RingMessage.Size), cancel);
                progressed();
                Check(RingMessage.Read(buffer), new RingMessage(RingMessageKind.Sum, sequence, step, length * sizeof(float)));
                _arrived.Writer.TryWrite(0);
                for (var taken = 0; taken < length;)
                {
                    var count = Math.Min(PieceLength, length - taken);
                    var bytes = buffer.AsMemory(0, count * sizeof(float));
                    await previous.ReceiveAsync(bytes, cancel);
                    progressed();
                    Take(bytes.Span, values.Span.Slice(offset + taken, count), adds: step < identity.WorldSize - 1);
                    _arrived.Writer.TryWrite(count);
                    taken += count;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Take(ReadOnlySpan<byte> bytes, Span<float> target, bool adds)
    {
        var received = MemoryMarshal.Cast<byte, float>(bytes);
        if (adds)
            TensorPrimitives.Add(received, target, target);
        else
            received.CopyTo(target);
    }

    private void Check(RingMessage actual, RingMessage expected)
    {
        if (actual != expected)
        {
            throw new CollectiveException(
                CollectiveFault.OutOfStep, identity.Previous, $"Rank {identity.Previous} sent {actual}, expected {expected}: it does something else, or is no rank.");
        }
    }

    private (int Offset, int Length) PartOf(int number)
    {
        var part = ((number % identity.WorldSize) + identity.WorldSize) % identity.WorldSize;
        var start = (int)((long)values.Length * part / identity.WorldSize);
        return (start, (int)((long)values.Length * (part + 1) / identity.WorldSize) - start);
    }
}
