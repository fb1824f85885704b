using System.Buffers.Binary;
using System.Text;

namespace Hearth.Transport.Doorbells;

/// <summary>What travels on a line, 64 bytes each way whatever the object's size.</summary>
/// <remarks>
/// <code>
///   sequence (8) · length (8) · kind, or answer (2) · type (1) · bytes of the name (1) · name (44)
/// </code>
/// Numbers are little-endian. The owner of a rung object is who rings: it was named in the hello.
/// </remarks>
internal readonly record struct DoorbellFrame(DoorbellFrameType Type, long Sequence, ushort Kind, long Length, string Name)
{
    public const int Size = 64;

    /// <summary>Most characters of an object's name that can be rung: enough for a SHA-256 in base64url.</summary>
    public const int MaxNameLength = Size - NameOffset;

    private const int KindOffset = 16;
    private const int TypeOffset = 18;
    private const int NameLengthOffset = 19;
    private const int NameOffset = 20;

    /// <summary>Writes 64 bytes.</summary>
    public void Write(Span<byte> target)
    {
        target[..Size].Clear();
        BinaryPrimitives.WriteInt64LittleEndian(target, Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], Length);
        BinaryPrimitives.WriteUInt16LittleEndian(target[KindOffset..], Kind);
        target[TypeOffset] = (byte)Type;
        target[NameLengthOffset] = (byte)Encoding.ASCII.GetBytes(Name, target[NameOffset..Size]);
    }

    /// <summary>Reads 64 bytes of any origin; null when they are no frame.</summary>
    public static DoorbellFrame? Read(ReadOnlySpan<byte> source)
    {
        var (type, length, nameLength) = ((DoorbellFrameType)source[TypeOffset], BinaryPrimitives.ReadInt64LittleEndian(source[8..]), source[NameLengthOffset]);
        if (!Enum.IsDefined(type) || length < 0 || nameLength > MaxNameLength)
            return null;
        return new(
            type, BinaryPrimitives.ReadInt64LittleEndian(source), BinaryPrimitives.ReadUInt16LittleEndian(source[KindOffset..]), length,
            Encoding.ASCII.GetString(source.Slice(NameOffset, nameLength)));
    }
}
