using System.Buffers;
using System.Runtime.InteropServices;

namespace Hearth.Compute;

/// <summary>Native memory of the host, 64-byte aligned where allocated here, of any length.</summary>
/// <remarks>Native, because runtimes below take its address without pinning and because the managed heap need not move or clear it.
/// Disposing ends the memory, not only the object: no span or memory of it may be used afterwards.</remarks>
public sealed unsafe class HostBuffer : IDisposable
{
    private const nuint Alignment = 64;

    private readonly IDisposable? _owner;
    private byte* _pointer;

    private HostBuffer(byte* pointer, long length, IDisposable? owner)
    {
        _pointer = pointer;
        Length = length;
        _owner = owner;
    }

    /// <summary>Frees what was not disposed.</summary>
    ~HostBuffer() => Free();

    /// <summary>Bytes.</summary>
    public long Length { get; private set; }

    /// <summary>Where the memory begins.</summary>
    public nint Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pointer is null, this);
            return (nint)_pointer;
        }
    }

    /// <summary>Allocates memory whose content is undefined.</summary>
    /// <exception cref="OutOfMemoryException">There is not that much.</exception>
    public static HostBuffer Allocate(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length < HugePages.LeastBytes)
        {
            // One byte at least: an empty tensor has an address too.
            return new((byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(length, 1), Alignment), length, null);
        }
        var memory = (byte*)NativeMemory.AlignedAlloc((nuint)length, HugePages.Size);
        HugePages.Ask(memory, (nuint)length);
        return new(memory, length, null);
    }

    /// <summary>Allocates memory holding a copy of <paramref name="content"/>.</summary>
    public static HostBuffer CopyOf(ReadOnlySpan<byte> content)
    {
        var buffer = Allocate(content.Length);
        content.CopyTo(buffer.AsSpan());
        return buffer;
    }

    /// <summary>Presents memory that <paramref name="owner"/> keeps until it is disposed, which happens when the buffer is.</summary>
    public static HostBuffer Wrap(nint address, long length, IDisposable owner) => new((byte*)address, length, owner);

    /// <summary>The whole memory.</summary>
    /// <exception cref="OverflowException">It is longer than a span can be; take parts by <see cref="AsSpan(long, int)"/>.</exception>
    public Span<byte> AsSpan() => new((byte*)Address, checked((int)Length));

    /// <summary>A part of the memory.</summary>
    public Span<byte> AsSpan(long offset, int length)
    {
        CheckRange(offset, length);
        return new((byte*)Address + offset, length);
    }

    /// <summary>A part of the memory, for asynchronous reads and writes.</summary>
    public Memory<byte> AsMemory(long offset, int length)
    {
        CheckRange(offset, length);
        return new Part(this, offset, length).Memory;
    }

    /// <summary>The whole memory as elements of <typeparamref name="T"/>.</summary>
    public Span<T> AsSpan<T>()
        where T : unmanaged =>
        new((void*)Address, checked((int)(Length / sizeof(T))));

    /// <summary>Makes the memory at least <paramref name="length"/> bytes long, keeping its content. Its address may change.</summary>
    public void Grow(long length)
    {
        if (_owner is not null)
            throw new InvalidOperationException("Memory that belongs to another owner cannot grow.");
        if (length <= Length)
            return;
        _pointer = (byte*)NativeMemory.AlignedRealloc((void*)Address, (nuint)length, Alignment);
        Length = length;
    }

    /// <summary>Gives up the bytes behind <paramref name="length"/>.</summary>
    public void Truncate(long length)
    {
        CheckRange(0, length);
        Length = length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void CheckRange(long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > Length - length)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"{length} bytes at {offset} do not lie within {Length} bytes.");
    }

    private void Free()
    {
        var pointer = _pointer;
        _pointer = null;
        if (pointer is null)
            return;
        if (_owner is null)
            NativeMemory.AlignedFree(pointer);
        else
            _owner.Dispose();
    }

    /// <summary>At most 2 GiB of a buffer; keeps the buffer reachable.</summary>
    private sealed class Part(HostBuffer buffer, long offset, int length) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => buffer.AsSpan(offset, length);

        public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)buffer.Address + offset + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
