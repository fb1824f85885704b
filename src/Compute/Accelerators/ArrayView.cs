namespace Hearth.Compute.Accelerators;

/// <summary>A run of elements in a buffer. Copying a view copies no elements.</summary>
/// <typeparam name="T">Type of the elements.</typeparam>
public readonly struct ArrayView<T>
    where T : unmanaged
{
    internal ArrayView(MemoryBuffer buffer, long offsetInBytes, long length)
    {
        Buffer = buffer;
        OffsetInBytes = offsetInBytes;
        Length = length;
    }

    /// <summary>Number of elements.</summary>
    public long Length { get; }

    /// <summary>Where the view begins in its buffer.</summary>
    public long OffsetInBytes { get; }

    /// <summary>Memory that the view shows; null for a view of nothing.</summary>
    public MemoryBuffer? Buffer { get; }

    /// <summary>Bytes that the elements take.</summary>
    public unsafe long LengthInBytes => Length * sizeof(T);

    /// <summary>A part of the view.</summary>
    public unsafe ArrayView<T> SubView(long index, long length)
    {
        if (index < 0 || length < 0 || index > Length - length)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"{length} elements at {index} do not lie within {Length} elements.");
        return Buffer is null ? default : new ArrayView<T>(Buffer, OffsetInBytes + (index * sizeof(T)), length);
    }

    /// <summary>The same bytes as elements of another type.</summary>
    /// <exception cref="InvalidOperationException">The bytes are no whole number of such elements, or no such element can begin there.</exception>
    public unsafe ArrayView<TOther> Cast<TOther>()
        where TOther : unmanaged
    {
        if (LengthInBytes % sizeof(TOther) != 0 || OffsetInBytes % sizeof(TOther) != 0)
            throw new InvalidOperationException($"{LengthInBytes} bytes at {OffsetInBytes} are no aligned elements of {sizeof(TOther)} bytes each.");
        return Buffer is null ? default : new ArrayView<TOther>(Buffer, OffsetInBytes, LengthInBytes / sizeof(TOther));
    }
}
