using System.Buffers.Binary;

namespace Hearth.Transport.Collectives;

/// <summary>What precedes the bytes of every transfer between neighbours, so that ranks which do different things notice.</summary>
/// <param name="Kind">The operation.</param>
/// <param name="Sequence">Its number on this ring.</param>
/// <param name="Step">Transfer within the operation.</param>
/// <param name="Length">Bytes that follow.</param>
internal readonly record struct RingMessage(RingMessageKind Kind, long Sequence, int Step, long Length)
{
    public const int Size = 24;

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, (int)Kind);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], Step);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], Length);
    }

    public static RingMessage Read(ReadOnlySpan<byte> source) => new(
        (RingMessageKind)BinaryPrimitives.ReadInt32LittleEndian(source),
        BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[16..]));
}
