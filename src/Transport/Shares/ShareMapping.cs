using Hearth.Compute;
using Microsoft.Win32.SafeHandles;

namespace Hearth.Transport.Shares;

/// <summary>A file of the share in this process's memory. The file's lock, which is the lease, lasts as long as the mapping.</summary>
internal sealed unsafe class ShareMapping : IDisposable
{
    private readonly Action? _ended;
    private nint _address;

    private ShareMapping(SafeFileHandle file, nint address, long length, Action? ended)
    {
        File = file;
        _address = address;
        Length = length;
        _ended = ended;
    }

    /// <summary>The open file, for sendfile-class calls.</summary>
    public SafeFileHandle File { get; }

    /// <summary>Where it lies.</summary>
    public nint Address => _address;

    /// <summary>Bytes.</summary>
    public long Length { get; }

    // The system refuses to map nothing; the page behind an empty file is never touched.
    private nuint MappedLength => (nuint)Math.Max(Length, 1);

    /// <summary>Maps a file, which becomes the mapping's own.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public static ShareMapping Map(SafeFileHandle file, long length, bool isWritable, bool wantsHugePages, Action? ended)
    {
        var protection = PosixNative.ProtectRead | (isWritable ? PosixNative.ProtectWrite : 0);
        var address = PosixNative.Map(0, (nuint)Math.Max(length, 1), protection, PosixNative.MapShared, file, 0);
        if (address == -1)
        {
            var error = PosixNative.Error;
            file.Dispose();
            throw new IOException($"{length} bytes of the node share cannot be mapped: {error}.");
        }
        if (wantsHugePages)
            _ = PosixNative.Advise(address, (nuint)Math.Max(length, 1), PosixNative.AdviseHugePage);
        return new ShareMapping(file, address, length, ended);
    }

    /// <summary>The memory as a buffer, which owns the mapping from now on.</summary>
    public HostBuffer ToBuffer() => HostBuffer.Wrap(_address, Length, this);

    /// <summary>Ends writing: a stray write ends this process rather than change what others read.</summary>
    public void Protect()
    {
        if (PosixNative.Protect(_address, MappedLength, PosixNative.ProtectRead) != 0)
            throw new IOException($"An object of the node share cannot be protected from writing: {PosixNative.Error}.");
    }

    /// <summary>Allows writing again.</summary>
    public void Unprotect()
    {
        _ = PosixNative.ChangeMode(File, 0b110_100_000);
        if (PosixNative.Protect(_address, MappedLength, PosixNative.ProtectRead | PosixNative.ProtectWrite) != 0)
            throw new IOException($"An object of the node share cannot be written again: {PosixNative.Error}.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        var address = Interlocked.Exchange(ref _address, 0);
        if (address == 0)
            return;
        _ = PosixNative.Unmap(address, MappedLength);
        File.Dispose();
        _ended?.Invoke();
    }
}
