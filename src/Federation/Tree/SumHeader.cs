using System.Buffers.Binary;
using System.Security.Cryptography;
using Hearth.Compute;

namespace Hearth.Federation.Tree;

/// <summary>What stands before the sums in an object of a node's memory: which updates are in them, so that a neighbour can go on from there.</summary>
/// <remarks>64 bytes, little-endian: "HEARTHS1", count (8), Σ w as a 64-bit float (8), elements (8), and a chain over the digests in the order of folding (32).</remarks>
/// <param name="Count">Updates folded.</param>
/// <param name="Weight">Σ w.</param>
/// <param name="Chain">SHA-256 of the chain before the last update and its digest; zeros for none.</param>
internal sealed record SumHeader(long Count, double Weight, byte[] Chain)
{
    public const int Length = 64;

    private const ulong Magic = 0x3153_4854_5241_4548;

    public static SumHeader Empty { get; } = new(0, 0, new byte[SHA256.HashSizeInBytes]);

    /// <summary>With another update.</summary>
    public SumHeader With(HeldUpdate update) => new(Count + 1, Weight + update.Examples, SHA256.HashData([.. Chain, .. Convert.FromHexString(update.Digest)]));

    /// <summary>Whether the sums are those of the first updates of a list, and no others.</summary>
    public bool IsPrefixOf(IReadOnlyList<HeldUpdate> updates)
    {
        if (Count > updates.Count)
            return false;
        var expected = Empty;
        for (var i = 0; i < Count; i++)
            expected = expected.With(updates[i]);
        return expected.Chain.AsSpan().SequenceEqual(Chain) && expected.Weight.Equals(Weight);
    }

    public void Write(HostBuffer content, long elements)
    {
        var header = content.AsSpan(0, Length);
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], Count);
        BinaryPrimitives.WriteDoubleLittleEndian(header[16..], Weight);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], elements);
        Chain.CopyTo(header[32..]);
    }

    /// <summary>Reads it; null where there is none for so many elements.</summary>
    public static SumHeader? Read(HostBuffer content, long elements)
    {
        if (content.Length != Length + (elements * sizeof(double)))
            return null;
        var header = content.AsSpan(0, Length);
        return BinaryPrimitives.ReadUInt64LittleEndian(header) == Magic && BinaryPrimitives.ReadInt64LittleEndian(header[24..]) == elements
            ? new(BinaryPrimitives.ReadInt64LittleEndian(header[8..]), BinaryPrimitives.ReadDoubleLittleEndian(header[16..]), header[32..].ToArray())
            : null;
    }
}
