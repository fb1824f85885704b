using System.Runtime.InteropServices;

namespace Hearth.Federation.Storage;

/// <summary>What .NET has no call for.</summary>
internal static partial class Posix
{
    // O_RDONLY | O_DIRECTORY | O_CLOEXEC of Linux.
    private const int OpenDirectory = 0x10000 | 0x80000;

    // Some file systems keep names safe without being asked, and say EINVAL or ENOTSUP to those who ask.
    private const int InvalidArgument = 22;
    private const int NotSupported = 95;

    /// <summary>Returns once a directory's entries are on the disk.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static void SyncDirectory(string path)
    {
        var descriptor = Open(path, OpenDirectory);
        if (descriptor < 0)
            throw Failure("opened", path);
        try
        {
            if (Sync(descriptor) != 0 && Marshal.GetLastPInvokeError() is not (InvalidArgument or NotSupported))
                throw Failure("synced", path);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string done, string path) =>
        new($"The directory '{path}' cannot be {done}: {Marshal.GetLastPInvokeErrorMessage()}.", Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
