using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Hearth.Transport.Streaming;

/// <summary>What stands before a chunk's bytes, and what who receives says: <code>offset (8) · bytes (4) · MAC of both, and of the bytes (32)</code></summary>
/// <param name="Offset">Where the chunk begins; where to begin.</param>
/// <param name="Count">Bytes of the chunk; 0 to begin, -1 to say that one is still there.</param>
internal readonly record struct ChunkFrame(long Offset, int Count)
{
    public const int Length = Signed + StreamingHandshake.MacLength;
    public const int Begin = 0;
    public const int Ping = -1;

    private const int Signed = 12;

    /// <summary>The frame of a chunk.</summary>
    public byte[] Write(byte[] key, ReadOnlySpan<byte> chunk)
    {
        var frame = new byte[Length];
        BinaryPrimitives.WriteInt64LittleEndian(frame, Offset);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(8), Count);
        Mac(key, frame, chunk).CopyTo(frame, Signed);
        return frame;
    }

    /// <summary>What a frame says, unchecked.</summary>
    public static ChunkFrame Read(ReadOnlySpan<byte> frame) =>
        new(BinaryPrimitives.ReadInt64LittleEndian(frame), BinaryPrimitives.ReadInt32LittleEndian(frame[8..]));

    /// <summary>Whether frame and chunk are as they were sent, and by one who knows the key.</summary>
    public static bool IsGenuine(byte[] key, ReadOnlySpan<byte> frame, ReadOnlySpan<byte> chunk) =>
        CryptographicOperations.FixedTimeEquals(Mac(key, frame, chunk), frame[Signed..]);

    private static byte[] Mac(byte[] key, ReadOnlySpan<byte> frame, ReadOnlySpan<byte> chunk)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        mac.AppendData(frame[..Signed]);
        mac.AppendData(chunk);
        return mac.GetHashAndReset();
    }
}
