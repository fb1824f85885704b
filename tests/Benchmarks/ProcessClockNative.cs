using System.Runtime.InteropServices;

namespace Hearth.Benchmarks;

/// <summary>Processor time of any process of this user, to the nanosecond; what .NET tells is in ticks of 10 ms.</summary>
internal static unsafe partial class ProcessClockNative
{
    private const int Scheduler = 2;

    /// <summary>What all threads of a process, ended ones included, have used (clock_getcpuclockid(3)).</summary>
    public static TimeSpan Cpu(int pid)
    {
        var time = stackalloc long[2];
        return GetTime((~pid << 3) | Scheduler, time) == 0
            ? TimeSpan.FromSeconds(time[0]) + TimeSpan.FromMicroseconds(time[1] / 1000d)
            : throw new InvalidOperationException($"The system does not tell the processor time of process {pid}: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, long* time);
}
