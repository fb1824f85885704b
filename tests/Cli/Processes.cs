using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hearth.Cli.Tests;

/// <summary>Looks at processes that are no children of the test.</summary>
internal static partial class Processes
{
    private const int OpenProcessDescriptor = 434;
    private const int NoSuchProcess = 3;
    private const short Readable = 1;
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    /// <summary>Completes once the process is gone; a zombie is gone.</summary>
    public static Task WaitUntilGoneAsync(int id) => Task.Factory.StartNew(() => WaitUntilGone(id), TaskCreationOptions.LongRunning);

    public static bool IsAlive(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The kernel tells the end of a process to whoever holds a descriptor of it (pidfd_open(2)).</summary>
    private static void WaitUntilGone(int id)
    {
        using var process = new SafeFileHandle((nint)SystemCall(OpenProcessDescriptor, id, 0), ownsHandle: true);
        if (process.IsInvalid)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != NoSuchProcess)
                throw new Win32Exception(error);
            return;
        }
        var descriptor = new Descriptor { Number = (int)process.DangerousGetHandle(), Events = Readable };
        if (Poll(ref descriptor, 1, (int)Generous.TotalMilliseconds) != 1)
            throw new TimeoutException($"Waited {Generous} for the end of process {id}.");
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long first, long second);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref Descriptor descriptors, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct Descriptor
    {
        public int Number;
        public short Events;
        public short Happened;
    }
}
