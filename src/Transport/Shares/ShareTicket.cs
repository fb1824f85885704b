using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Hearth.Transport.Shares;

/// <summary>A place in the node's queue for memory: a file whose name is the number and whose lock says that who waits still lives.</summary>
internal sealed class ShareTicket : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly string _path;

    private ShareTicket(SafeFileHandle file, string path)
    {
        _file = file;
        _path = path;
    }

    /// <summary>Takes the last place. Call with the lock of the budget held.</summary>
    public static ShareTicket Take(string share)
    {
        var folder = Path.Combine(share, ShareNames.Queue);
        var last = Places(folder).LastOrDefault();
        var number = last is null ? 0 : long.Parse(Path.GetFileName(last), CultureInfo.InvariantCulture) + 1;
        var path = Path.Combine(folder, number.ToString("D19", CultureInfo.InvariantCulture));
        var file = PosixNative.Open(path, PosixNative.ReadWrite | PosixNative.Create | PosixNative.Exclusive, 0b110_100_000);
        if (file is not null && PosixNative.Lock(file, PosixNative.LockExclusive | PosixNative.LockAtOnce))
            return new(file, path);
        throw new ShareException(ShareFault.BadFolder, $"A place \"{path}\" in the node share's queue cannot be taken: {PosixNative.Error}.");
    }

    /// <summary>Whether nobody alive waits, or, for a ticket, waits before it. Call with the lock of the budget held.</summary>
    public static bool IsNext(string share, ShareTicket? ticket)
    {
        foreach (var path in Places(Path.Combine(share, ShareNames.Queue)))
        {
            if (path == ticket?._path)
                return true;
            using var file = PosixNative.Open(path, PosixNative.ReadOnly);
            if (file is null)
                continue;
            if (!PosixNative.Lock(file, PosixNative.LockShared | PosixNative.LockAtOnce))
                return false;
            _ = PosixNative.Unlink(path);
        }
        return true;
    }

    /// <summary>Leaves the queue.</summary>
    public void Dispose()
    {
        _ = PosixNative.Unlink(_path);
        _file.Dispose();
    }

    private static IEnumerable<string> Places(string folder) => Directory.GetFiles(folder).Order(StringComparer.Ordinal);
}
