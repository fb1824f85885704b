using Hearth.Compute;
using Microsoft.Win32.SafeHandles;

namespace Hearth.Transport.Shares;

/// <summary>An object that is being written. Nobody else sees it until it is sealed; disposed unsealed, or its process dead, it is gone.</summary>
public sealed class ShareDraft : IDisposable
{
    private readonly NodeShare _share;
    private readonly ShareMapping _mapping;
    private int _isDone;

    internal ShareDraft(NodeShare share, string name, ShareMapping mapping, HostBuffer? buffer = null)
    {
        _share = share;
        _mapping = mapping;
        Name = name;
        Buffer = buffer ?? mapping.ToBuffer();
    }

    /// <summary>The name it will have.</summary>
    public string Name { get; }

    /// <summary>Bytes; all have memory of their own, and are 0 until written.</summary>
    public long Length => _mapping.Length;

    /// <summary>The bytes, to be written.</summary>
    public HostBuffer Buffer { get; }

    /// <summary>The open file, for calls that write to files.</summary>
    internal SafeFileHandle File => _mapping.File;

    /// <summary>Makes it immutable and visible under its name, at once and whole, and gives a lease of it. The draft is done.</summary>
    /// <exception cref="ShareException">The owner got an object of that name meanwhile.</exception>
    public ShareObject Seal() => Seal(Length);

    /// <summary>As <see cref="Seal()"/>, of the first <paramref name="length"/> bytes; the memory of the others is given back.</summary>
    /// <exception cref="ShareException">The owner got an object of that name meanwhile.</exception>
    public ShareObject Seal(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        ObjectDisposedException.ThrowIf(Interlocked.Exchange(ref _isDone, 1) != 0, this);
        try
        {
            var entry = _share.Seal(Name, _mapping, length);
            // The buffer goes over to the object: two that own one mapping would end it twice.
            Buffer.Truncate(length);
            return new ShareObject(entry, _mapping, Buffer);
        }
        catch
        {
            Discard();
            throw;
        }
    }

    /// <summary>Gives up what was not sealed.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDone, 1) == 0)
            Discard();
    }

    private void Discard()
    {
        Buffer.Dispose();
        _share.Discard(Name, Length);
    }
}
