using Hearth.Compute;
using Hearth.Transport.Streaming;
using Microsoft.Win32.SafeHandles;

namespace Hearth.Transport.Shares;

/// <summary>A sealed object in this process's memory, and the lease that keeps it there: its memory stays, even removed or its owner dead, until this is disposed or this process ends.</summary>
/// <remarks>The memory is read-only; the system ends a process that writes to it. Disposing <see cref="Buffer"/> disposes the object, so that it can become a
/// <c>SafetensorsContent</c>'s own.</remarks>
public sealed class ShareObject : IDisposable
{
    private readonly ShareMapping _mapping;

    internal ShareObject(ShareEntry entry, ShareMapping mapping, HostBuffer buffer, bool canBeReopened)
    {
        CanBeReopened = canBeReopened;
        Entry = entry;
        _mapping = mapping;
        Buffer = buffer;
    }

    /// <summary>Whose object it is, its name, its bytes.</summary>
    public ShareEntry Entry { get; }

    /// <summary>Bytes.</summary>
    public long Length => Entry.Length;

    /// <summary>The bytes where they lie.</summary>
    public HostBuffer Buffer { get; }

    /// <summary>The open file, for sendfile-class calls.</summary>
    internal SafeFileHandle File => _mapping.File;

    /// <summary>Whether it was made through this object, and not only opened.</summary>
    internal bool CanBeReopened { get; }

    /// <summary>Tells it from another that later has its name.</summary>
    internal ObjectVersion Version => PosixNative.Stat(File) is var facts ? new(facts.Node, facts.Changed) : default;

    /// <summary>The draft that this object becomes.</summary>
    internal ShareDraft Reopen(NodeShare share)
    {
        _mapping.Unprotect();
        return new ShareDraft(share, Entry.Name, Length, _mapping, Buffer);
    }

    /// <summary>Ends the lease. No span or tensor of it may be used afterwards.</summary>
    public void Dispose() => Buffer.Dispose();
}
