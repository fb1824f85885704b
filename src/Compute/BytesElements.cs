using System.Buffers.Binary;

namespace Hearth.Compute;

/// <summary>Walks the elements of a <see cref="DataType.Bytes"/> tensor: a 32-bit little-endian length and that many bytes, one after another.</summary>
public ref struct BytesElements(ReadOnlySpan<byte> encoded)
{
    /// <summary>Bytes that each element takes beside its content.</summary>
    public const int PrefixLength = 4;

    private ReadOnlySpan<byte> _rest = encoded;

    /// <summary>Content of the element reached by <see cref="MoveNext"/>.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Whether the bytes hold exactly <paramref name="count"/> elements.</summary>
    public static bool IsValid(ReadOnlySpan<byte> encoded, long count)
    {
        var elements = new BytesElements(encoded);
        long found = 0;
        while (elements.MoveNext())
            found++;
        return found == count && elements._rest.IsEmpty;
    }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly BytesElements GetEnumerator() => this;

    /// <summary>Goes to the next element; false at the end, or where the bytes left are no element.</summary>
    public bool MoveNext()
    {
        if (_rest.Length < PrefixLength)
            return false;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
        if (length > (uint)(_rest.Length - PrefixLength))
            return false;
        Current = _rest.Slice(PrefixLength, (int)length);
        _rest = _rest[(PrefixLength + (int)length)..];
        return true;
    }
}
