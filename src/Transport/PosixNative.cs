using System.Runtime.InteropServices;
using Hearth.Transport.Shares;
using Microsoft.Win32.SafeHandles;

namespace Hearth.Transport;

/// <summary>The calls of Linux that .NET does not offer, or offers with locks of its own on every file.</summary>
internal static unsafe partial class PosixNative
{
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int CloseOnExec = 0x80000;

    public const int LockShared = 1;
    public const int LockExclusive = 2;
    public const int LockAtOnce = 4;
    public const int LockNone = 8;

    public const int ProtectRead = 1;
    public const int ProtectWrite = 2;
    public const int MapShared = 1;
    public const int MapPopulate = 0x8000;
    public const int AdviseHugePage = 14;
    public const int AdvisePopulateWrite = 23;

    public const uint RenameNoReplace = 1;

    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int Again = 11;
    public const int NotAllowed = 13;
    public const int Exists = 17;
    public const int NoSpace = 28;
    public const int NotEmpty = 39;

    public const uint EventModify = 0x2;
    public const uint EventCloseWrite = 0x8;
    public const uint EventCloseNoWrite = 0x10;
    public const uint EventMovedTo = 0x80;
    public const uint EventCreate = 0x100;
    public const uint EventDelete = 0x200;
    public const uint EventOverflow = 0x4000;

    public const short PollIn = 1;

    private const int AtWorkingDirectory = -100;
    private const int AtEmptyPath = 0x1000;
    private const int AtNoFollow = 0x100;
    private const int StatLength = 256;
    private const uint StatBasic = 0x7ff;

    /// <summary>O_NOFOLLOW, whose value depends on the processor.</summary>
    public static int NoFollow { get; } = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 0x8000 : 0x20000;

    /// <summary>The last call's error in words.</summary>
    public static string Error => Marshal.GetLastPInvokeErrorMessage();

    /// <summary>The last call's errno.</summary>
    public static int ErrorNumber => Marshal.GetLastPInvokeError();

    /// <summary>Opens a file without the lock that .NET takes on the files it opens; null on an error.</summary>
    public static SafeFileHandle? Open(string path, int flags, int mode = 0)
    {
        int file;
        do
            file = OpenFile(path, flags | CloseOnExec | NoFollow, mode);
        while (file < 0 && ErrorNumber == Interrupted);
        return file < 0 ? null : new SafeFileHandle(file, ownsHandle: true);
    }

    /// <summary>flock(2); the lock ends with the last descriptor and the last mapping of this opening of the file.</summary>
    public static bool Lock(SafeFileHandle file, int operation)
    {
        int result;
        do
            result = LockFile(file, operation);
        while (result != 0 && ErrorNumber == Interrupted);
        return result == 0;
    }

    /// <summary>What an open file is: statx(2), whose structure is the same on every processor.</summary>
    public static FileFacts Stat(SafeFileHandle file)
    {
        var stat = stackalloc byte[StatLength];
        return StatFile(file, "", AtEmptyPath, StatBasic, stat) == 0
            ? Facts(stat)
            : throw new IOException($"The system does not say how long a file is: {Error}.");
    }

    /// <summary>What the file of that name is; null when there is none.</summary>
    public static FileFacts? Stat(string path)
    {
        var stat = stackalloc byte[StatLength];
        return StatPath(AtWorkingDirectory, path, AtNoFollow, StatBasic, stat) == 0 ? Facts(stat) : null;
    }

    /// <summary>Gives a lock back, and tells those who watch the folder as a close would, which a file that stays mapped never sees.</summary>
    public static void Unlock(SafeFileHandle file)
    {
        _ = Lock(file, LockNone);
        var again = OpenFile($"/proc/self/fd/{file.DangerousGetHandle()}", ReadOnly | CloseOnExec, 0);
        if (again >= 0)
            new SafeFileHandle(again, ownsHandle: true).Dispose();
    }

    /// <summary>Renames within a file system unless the new name is taken.</summary>
    public static bool RenameNew(string from, string to) => Rename(AtWorkingDirectory, from, AtWorkingDirectory, to, RenameNoReplace) == 0;

    /// <summary>Makes sure that a file's first bytes have memory, or disk, of their own; 0 or the errno.</summary>
    public static int Allocate(SafeFileHandle file, long length)
    {
        int error;
        do
            error = AllocateFile(file, 0, 0, length) == 0 ? 0 : ErrorNumber;
        while (error == Interrupted);
        return error;
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint User();

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RemoveDirectory(string path);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(SafeFileHandle file, long length);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(SafeFileHandle file, int mode);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial nint Map(nint address, nuint length, int protection, int flags, SafeFileHandle file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    public static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    public static partial int Advise(nint address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    public static partial int NotifyOpen(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int NotifyAdd(SafeFileHandle notify, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventOpen(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    public static partial nint SendFile(SafeHandle socket, SafeFileHandle file, ref long offset, nuint length);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int LockFile(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int AllocateFile(SafeFileHandle file, int mode, long offset, long length);

    private static FileFacts Facts(byte* stat) => new(
        *(ulong*)(stat + 32), *(uint*)(stat + 16), *(long*)(stat + 40), (*(long*)(stat + 96) * 1_000_000_000) + *(uint*)(stat + 104));

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatFile(SafeFileHandle file, string path, int flags, uint mask, byte* result);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatPath(int folder, string path, int flags, uint mask, byte* result);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(int fromFolder, string from, int toFolder, string to, uint flags);

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int File;
        public short Wanted;
        public short Found;
    }
}
