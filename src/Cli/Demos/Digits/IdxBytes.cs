using System.Buffers.Binary;

namespace Hearth.Cli.Demos.Digits;

/// <summary>Bytes in the IDX format of the MNIST database.</summary>
internal static class IdxBytes
{
    private const byte Unsigned = 8;

    /// <summary>A file's content: the header of those dimensions, and the elements.</summary>
    public static byte[] Of(ReadOnlySpan<byte> elements, params ReadOnlySpan<int> dimensions)
    {
        var content = new byte[4 + (4 * dimensions.Length) + elements.Length];
        (content[2], content[3]) = (Unsigned, (byte)dimensions.Length);
        for (var i = 0; i < dimensions.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(4 + (4 * i)), dimensions[i]);
        elements.CopyTo(content.AsSpan(4 + (4 * dimensions.Length)));
        return content;
    }
}
