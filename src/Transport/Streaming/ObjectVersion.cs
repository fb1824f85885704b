using System.Buffers.Binary;

namespace Hearth.Transport.Streaming;

/// <summary>Tells an object from another that later has its name: where it lies, and when it was sealed. A transfer is taken up only with the same one.</summary>
internal readonly record struct ObjectVersion(ulong Node, long Changed)
{
    public const int Length = 16;

    public static ObjectVersion Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(source), BinaryPrimitives.ReadInt64LittleEndian(source[8..]));

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(target, Node);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], Changed);
    }
}
