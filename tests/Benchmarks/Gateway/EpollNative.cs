using System.Runtime.InteropServices;

namespace Hearth.Benchmarks.Gateway;

/// <summary>Linux's epoll, raw socket and scheduling calls, for a load generator whose own cost does not hide what it measures.</summary>
internal static unsafe partial class EpollNative
{
    public const uint In = 1;
    public const int Add = 1;
    public const int DontWait = 0x40;
    public const int NoSignal = 0x4000;
    public const int Truncate = 0x20;
    public const int Again = 11;
    public const int Other = 0;
    public const int Fifo = 1;

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    public struct Event
    {
        public uint Events;
        public long Data;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int Control(int epoll, int operation, int file, Event* change);

    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    public static partial int Wait(int epoll, Event* events, int count, Timespec* timeout, nint signals);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, byte* data, nint length, int flags);

    /// <summary>With <see cref="Truncate"/> and no buffer, TCP drops the bytes without copying them.</summary>
    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int socket, byte* data, nint length, int flags);

    /// <summary>Sets how a thread is scheduled; the calling one, when <paramref name="thread"/> is 0. Needs CAP_SYS_NICE for <see cref="Fifo"/>.</summary>
    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    public static partial int SetScheduler(int thread, int policy, int* priority);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int file);
}
