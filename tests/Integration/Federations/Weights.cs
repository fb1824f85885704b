using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Hearth.Integration.Tests.Federations;

/// <summary>Safetensors of 32-bit floats, read and written without the product's own code.</summary>
internal static class Weights
{
    /// <summary>Every element, in the order of the file.</summary>
    public static float[] Read(byte[] file) => MemoryMarshal.Cast<byte, float>(file.AsSpan(DataStart(file))).ToArray();

    /// <summary>The same tensors with other elements.</summary>
    public static byte[] With(byte[] file, float[] elements)
    {
        var start = DataStart(file);
        return [.. file.AsSpan(0, start), .. MemoryMarshal.AsBytes(elements.AsSpan())];
    }

    public static string Digest(byte[] file) => Convert.ToHexStringLower(SHA256.HashData(file));

    private static int DataStart(byte[] file) => 8 + checked((int)BinaryPrimitives.ReadUInt64LittleEndian(file));
}
