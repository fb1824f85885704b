using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Hearth.Compute.Safetensors;

/// <summary>The header of safetensors content: which tensors there are and where their bytes lie.</summary>
/// <remarks>
/// Content is an 8-byte little-endian header length, the header (a JSON object, padded with spaces), then the data. A header that exists is
/// consistent: names are unique, and the tensors cover the data without overlap, hole or rest. See the format section of
/// https://github.com/safetensors/safetensors. A header whose length is no multiple of 8 is valid, if unwise: older writers made many.
/// </remarks>
public sealed class SafetensorsHeader
{
    /// <summary>Bytes that hold the header's length.</summary>
    public const int PrefixLength = 8;

    /// <summary>Longest header that is read, as in the reference implementation.</summary>
    public const long MaxLength = 100_000_000;

    private readonly FrozenDictionary<string, SafetensorsEntry> _byName;

    internal SafetensorsHeader(ImmutableArray<SafetensorsEntry> tensors, FrozenDictionary<string, string> metadata, long length)
    {
        Tensors = tensors;
        Metadata = metadata;
        Length = length;
        _byName = tensors.ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>The tensors in the order of their bytes.</summary>
    public ImmutableArray<SafetensorsEntry> Tensors { get; }

    /// <summary>The strings under <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Bytes of the header with its padding, without the prefix.</summary>
    public long Length { get; }

    /// <summary>Where the data begins in the content.</summary>
    public long DataOffset => PrefixLength + Length;

    /// <summary>Bytes of all tensors together.</summary>
    public long DataLength => Tensors.IsEmpty ? 0 : Tensors[^1].Offset + Tensors[^1].Length;

    /// <summary>Bytes of the whole content.</summary>
    public long ContentLength => DataOffset + DataLength;

    /// <summary>The tensor of that name, or null.</summary>
    public SafetensorsEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Reads the header's length from the first bytes of content that has <paramref name="contentLength"/> bytes.</summary>
    /// <exception cref="SafetensorsFormatException">The prefix is cut short, or the length is beyond the content or the limit.</exception>
    public static int ReadLength(ReadOnlySpan<byte> prefix, long contentLength)
    {
        var faults = new SafetensorsFaults();
        var present = Math.Min(prefix.Length, contentLength);
        if (present < PrefixLength)
            faults.Stop(SafetensorsFaultKind.Truncated, $"there are {present} bytes, but its length alone takes {PrefixLength}");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxLength)
            faults.Stop(SafetensorsFaultKind.HeaderTooLong, $"it is {length} bytes long, more than the {MaxLength} that are allowed");
        if ((long)length > contentLength - PrefixLength)
            faults.Stop(SafetensorsFaultKind.Truncated, $"it is {length} bytes long, but {contentLength - PrefixLength} follow");
        return (int)length;
    }

    /// <summary>Reads a header, which <paramref name="dataLength"/> bytes of data follow.</summary>
    /// <exception cref="SafetensorsFormatException">It is malformed; the exception names every fault.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> header, long dataLength) => SafetensorsHeaderParser.Parse(header, dataLength);
}
