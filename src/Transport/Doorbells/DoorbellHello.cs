using System.Text;

namespace Hearth.Transport.Doorbells;

/// <summary>What who rings says first: <code>magic (8) · bytes of the owner's name (1) · the name (247)</code></summary>
internal static class DoorbellHello
{
    public const int Size = 256;

    private const int LengthOffset = 8;
    private const int NameOffset = 9;

    private static ReadOnlySpan<byte> Magic => "HRTHBEL1"u8;

    /// <summary>The hello of an owner.</summary>
    public static byte[] Write(string owner)
    {
        var hello = new byte[Size];
        Magic.CopyTo(hello);
        hello[LengthOffset] = (byte)Encoding.ASCII.GetBytes(owner, hello.AsSpan(NameOffset));
        return hello;
    }

    /// <summary>The owner's name in bytes of any origin, unchecked; null when they are no hello.</summary>
    public static string? Read(ReadOnlySpan<byte> hello) =>
        hello[..Magic.Length].SequenceEqual(Magic) && hello[LengthOffset] <= Size - NameOffset
            ? Encoding.ASCII.GetString(hello.Slice(NameOffset, hello[LengthOffset]))
            : null;
}
