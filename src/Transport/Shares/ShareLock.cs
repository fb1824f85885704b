using Microsoft.Win32.SafeHandles;

namespace Hearth.Transport.Shares;

/// <summary>Excludes the other processes of the node, and the other threads of this one, for a few system calls.</summary>
internal static class ShareLock
{
    /// <summary>Waits for the lock; disposing the file, or the process's end, gives it back.</summary>
    public static SafeFileHandle Take(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        var file = PosixNative.Open(path, PosixNative.ReadWrite | PosixNative.Create, 0b110_110_000);
        if (file is not null && PosixNative.Lock(file, PosixNative.LockExclusive))
            return file;
        var error = PosixNative.Error;
        file?.Dispose();
        throw new ShareException(ShareFault.BadFolder, $"The lock \"{path}\" of the node share cannot be taken: {error}. Give this user the right to write in the folder.");
    }
}
