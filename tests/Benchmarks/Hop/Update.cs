using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hearth.Benchmarks.Hop;

/// <summary>What hops: an update of 60 million float32, and what the consumer does with it, the same for every system.</summary>
internal static class Update
{
    /// <summary>Bytes: 240 MB.</summary>
    public const int Length = 240_000_000;

    /// <summary>Bytes that are sent, received and summed at a time: half of a second-level cache, so that a peer sums what it has just received while it is there.</summary>
    public const int Piece = 1_000_000;

    private const int Lanes = 8;

    /// <summary>Writes the update of a round.</summary>
    public static void Fill(Span<byte> target, int round)
    {
        var values = MemoryMarshal.Cast<byte, float>(target);
        for (var i = 0; i < values.Length; i++)
            values[i] = ((i + round) & 255) * (1 / 64f);
    }

    /// <summary>Sum of a piece's elements, vectorised, along eight lanes that are far apart: the processor then reads ahead in eight pages at once.</summary>
    public static double Sum(ReadOnlySpan<byte> piece)
    {
        var values = MemoryMarshal.Cast<byte, float>(piece);
        var lane = values.Length / Lanes / Vector512<float>.Count * Vector512<float>.Count;
        ref var first = ref MemoryMarshal.GetReference(values);
        var (a, b, c, d) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var (e, f, g, h) = (a, b, c, d);
        for (var i = 0; i < lane; i += Vector512<float>.Count)
        {
            a += Vector512.LoadUnsafe(ref first, (nuint)i);
            b += Vector512.LoadUnsafe(ref first, (nuint)(i + lane));
            c += Vector512.LoadUnsafe(ref first, (nuint)(i + (2 * lane)));
            d += Vector512.LoadUnsafe(ref first, (nuint)(i + (3 * lane)));
            e += Vector512.LoadUnsafe(ref first, (nuint)(i + (4 * lane)));
            f += Vector512.LoadUnsafe(ref first, (nuint)(i + (5 * lane)));
            g += Vector512.LoadUnsafe(ref first, (nuint)(i + (6 * lane)));
            h += Vector512.LoadUnsafe(ref first, (nuint)(i + (7 * lane)));
        }
        return Vector512.Sum(a + b + c + d + (e + f + g + h)) + TensorPrimitives.Sum(values[(Lanes * lane)..]);
    }

    /// <summary>Sum of all elements, piece by piece, as the peers sum what they receive.</summary>
    public static double SumPieces(ReadOnlySpan<byte> update)
    {
        double sum = 0;
        for (; !update.IsEmpty; update = update[Math.Min(Piece, update.Length)..])
            sum += Sum(update[..Math.Min(Piece, update.Length)]);
        return sum;
    }
}
