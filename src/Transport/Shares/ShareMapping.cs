using Hearth.Compute;
using Microsoft.Win32.SafeHandles;

namespace Hearth.Transport.Shares;

/// <summary>A file of the share in this process's memory. The file's lock, which is the lease, lasts as long as the mapping is in use.</summary>
internal sealed class ShareMapping : IDisposable
{
    private readonly Func<ShareMapping, bool> _ending;
    private nint _address;

    private ShareMapping(SafeFileHandle file, FileFacts facts, nint address, bool canBeWritten, Func<ShareMapping, bool> ending)
    {
        File = file;
        CanBeWritten = canBeWritten;
        Node = facts.Node;
        // The system refuses to map nothing; the page behind an empty file is never touched.
        MappedBytes = OwnerDirectory.ToPages(facts.Length);
        _address = address;
        _ending = ending;
    }

    /// <summary>The open file, for sendfile-class calls.</summary>
    public SafeFileHandle File { get; }

    /// <summary>The file's inode.</summary>
    public ulong Node { get; }

    /// <summary>Bytes that are mapped, in whole pages.</summary>
    public long MappedBytes { get; }

    /// <summary>Whether <see cref="Unprotect"/> is possible.</summary>
    public bool CanBeWritten { get; }

    /// <summary>Whether writing to it ends the process.</summary>
    public bool IsProtected { get; private set; }

    private nuint MappedLength => (nuint)Math.Max(MappedBytes, 1);

    /// <summary>Maps a file, which becomes the mapping's own.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="isWritable">Whether it is to be written.</param>
    /// <param name="wantsHugePages">Whether to ask for large pages.</param>
    /// <param name="ending">Called when it is not used any more; true when it is not to be ended.</param>
    /// <exception cref="IOException">The system refuses.</exception>
    public static ShareMapping Map(SafeFileHandle file, bool isWritable, bool wantsHugePages, Func<ShareMapping, bool> ending)
    {
        var facts = PosixNative.Stat(file);
        var length = (nuint)Math.Max(facts.Length, 1);
        // Pages are mapped in one go (30 µs a MB where they are 4 KiB), not a fault at a time (3 times as long).
        var (protection, flags) = isWritable
            ? (PosixNative.ProtectRead | PosixNative.ProtectWrite, PosixNative.MapShared)
            : (PosixNative.ProtectRead, PosixNative.MapShared | PosixNative.MapPopulate);
        var address = PosixNative.Map(0, length, protection, flags, file, 0);
        if (address == -1)
        {
            var error = PosixNative.Error;
            file.Dispose();
            throw new IOException($"{length} bytes of the node share cannot be mapped: {error}.");
        }
        if (wantsHugePages)
            _ = PosixNative.Advise(address, length, PosixNative.AdviseHugePage);
        if (isWritable)
            _ = PosixNative.Advise(address, length, PosixNative.AdvisePopulateWrite);
        return new ShareMapping(file, facts, address, isWritable, ending) { IsProtected = !isWritable };
    }

    /// <summary>The first bytes as a buffer, which gives the mapping back when it is disposed.</summary>
    public HostBuffer ToBuffer(long length) => HostBuffer.Wrap(_address, length, this);

    /// <summary>Ends writing: a stray write ends this process rather than change what others read.</summary>
    public void Protect()
    {
        if (PosixNative.Protect(_address, MappedLength, PosixNative.ProtectRead) != 0)
            throw new IOException($"An object of the node share cannot be protected from writing: {PosixNative.Error}.");
        IsProtected = true;
    }

    /// <summary>Allows writing again.</summary>
    public void Unprotect()
    {
        _ = PosixNative.ChangeMode(File, ShareNames.DraftMode);
        if (PosixNative.Protect(_address, MappedLength, PosixNative.ProtectRead | PosixNative.ProtectWrite) != 0)
            throw new IOException($"An object of the node share cannot be written again: {PosixNative.Error}.");
        IsProtected = false;
    }

    /// <summary>Says that it is not used any more.</summary>
    public void Dispose()
    {
        if (!_ending(this))
            End();
    }

    /// <summary>Unmaps it and gives its lock back.</summary>
    public void End()
    {
        var address = Interlocked.Exchange(ref _address, 0);
        if (address == 0)
            return;
        _ = PosixNative.Unmap(address, MappedLength);
        File.Dispose();
    }
}
