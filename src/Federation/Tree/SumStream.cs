using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Hearth.Compute;
using Hearth.Transport.Shares;

namespace Hearth.Federation.Tree;

/// <summary>Sums on their way to another node: 64-bit floats, little-endian, and behind them the SHA-256 of their bytes.</summary>
/// <remarks>What goes is added up on the way, piece by piece, so that a node sends one sum whatever the number of its aggregators, and no memory is taken for it.</remarks>
public static class SumStream
{
    private const int PieceElements = 1 << 17;

    /// <summary>Elements of an object of sums.</summary>
    public static long CountElements(ShareObject sums) => (sums.Length - SumHeader.Length) / sizeof(double);

    /// <summary>Writes the sum of objects of sums, added in this order.</summary>
    public static async Task WriteAsync(Stream target, IReadOnlyList<ShareObject> sums, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[PieceElements * sizeof(double)];
        var end = sums[0].Length;
        for (long at = SumHeader.Length; at < end; at += piece.Length)
        {
            var length = (int)Math.Min(piece.Length, end - at);
            Add(sums, at, piece.AsSpan(0, length));
            hash.AppendData(piece, 0, length);
            await target.WriteAsync(piece.AsMemory(0, length), cancellation);
        }
        await target.WriteAsync(hash.GetHashAndReset(), cancellation);
    }

    /// <summary>Reads sums of so many elements.</summary>
    /// <param name="source">The stream.</param>
    /// <param name="elements">Elements to come.</param>
    /// <param name="add">Called with each piece, whose memory is used again, and the element it begins at.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">It broke off, or other bytes came than were sent; what was added is to be given up.</exception>
    public static async Task ReadAsync(Stream source, long elements, Action<HostBuffer, long> add, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var piece = HostBuffer.Allocate(PieceElements * sizeof(double));
        for (long at = 0; at < elements; at += PieceElements)
        {
            var length = (int)Math.Min(PieceElements, elements - at) * sizeof(double);
            await source.ReadExactlyAsync(piece.AsMemory(0, length), cancellation);
            hash.AppendData(piece.AsSpan(0, length));
            using var part = HostBuffer.Wrap(piece.Address, length, NoOwner.Instance);
            add(part, at);
        }
        var expected = new byte[SHA256.HashSizeInBytes];
        await source.ReadExactlyAsync(expected, cancellation);
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(expected))
            throw new IOException("The sums that came are not those that were sent: their SHA-256 differs.");
    }

    private static void Add(IReadOnlyList<ShareObject> sums, long at, Span<byte> piece)
    {
        sums[0].Buffer.AsSpan(at, piece.Length).CopyTo(piece);
        var target = MemoryMarshal.Cast<byte, double>(piece);
        foreach (var other in sums.Skip(1))
            TensorPrimitives.Add(target, MemoryMarshal.Cast<byte, double>(other.Buffer.AsSpan(at, piece.Length)), target);
    }
}
