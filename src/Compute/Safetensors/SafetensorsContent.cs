using System.IO.MemoryMappedFiles;

namespace Hearth.Compute.Safetensors;

/// <summary>Safetensors content in memory, whose tensors are looked at where they lie: nothing is copied.</summary>
/// <remarks>A tensor taken from here shares the content's memory, which is given back when the content and every tensor taken are
/// disposed.</remarks>
public sealed class SafetensorsContent : IDisposable
{
    private readonly HostBuffer _content;
    private int _references = 1;
    private int _disposed;

    /// <summary>Reads the header of content that becomes this object's own; where it is malformed, the buffer is disposed.</summary>
    /// <exception cref="SafetensorsFormatException">The header is malformed.</exception>
    public SafetensorsContent(HostBuffer content)
    {
        _content = content;
        try
        {
            var prefix = content.AsSpan(0, (int)Math.Min(content.Length, SafetensorsHeader.PrefixLength));
            var length = SafetensorsHeader.ReadLength(prefix, content.Length);
            Header = SafetensorsHeader.Parse(
                content.AsSpan(SafetensorsHeader.PrefixLength, length),
                content.Length - SafetensorsHeader.PrefixLength - length);
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    /// <summary>What the content holds.</summary>
    public SafetensorsHeader Header { get; }

    /// <summary>Maps a file into memory. What is written to a tensor stays private: the file does not change.</summary>
    /// <remarks>The file must not shrink while it is mapped; replace a file by renaming another over it.</remarks>
    /// <exception cref="SafetensorsFormatException">The header is malformed.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SafetensorsContent Open(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        // The system refuses to map nothing; the header's reader says what is missing.
        return new SafetensorsContent(file.Length == 0 ? HostBuffer.Allocate(0) : Map(file));
    }

    /// <summary>Pins managed memory and looks at it.</summary>
    /// <exception cref="SafetensorsFormatException">The header is malformed.</exception>
    public static unsafe SafetensorsContent Read(ReadOnlyMemory<byte> content)
    {
        // Empty memory has no address to pin.
        if (content.IsEmpty)
            return new SafetensorsContent(HostBuffer.Allocate(0));
        var pin = content.Pin();
        return new SafetensorsContent(HostBuffer.Wrap((nint)pin.Pointer, content.Length, pin));
    }

    /// <summary>The tensor of that name where it lies; disposing it leaves the content as it is.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public HostTensor GetTensor(string name)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        var entry = Header.Find(name)
            ?? throw new KeyNotFoundException($"There is no tensor \"{name}\" among the {Header.Tensors.Length} of this content.");
        Interlocked.Increment(ref _references);
        var address = _content.Address + (nint)(Header.DataOffset + entry.Offset);
        return new HostTensor(entry.Type, entry.Shape, HostBuffer.Wrap(address, entry.Length, new Reference(this)));
    }

    /// <summary>Gives the memory back, once no tensor taken from here is in use.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            Release();
    }

    private static unsafe HostBuffer Map(FileStream file)
    {
        using var map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.CopyOnWrite, HandleInheritability.None, leaveOpen: true);
        var view = map.CreateViewAccessor(0, file.Length, MemoryMappedFileAccess.CopyOnWrite);
        byte* pointer = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        return HostBuffer.Wrap((nint)pointer, file.Length, new Mapping(view));
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
            _content.Dispose();
    }

    /// <summary>What a tensor holds of the content.</summary>
    private sealed class Reference(SafetensorsContent content) : IDisposable
    {
        public void Dispose() => content.Release();
    }

    private sealed class Mapping(MemoryMappedViewAccessor view) : IDisposable
    {
        public void Dispose()
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
        }
    }
}
