using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Hearth.Transport.Shares;

/// <summary>A thread that sleeps until a file of the share says that memory may have become free (inotify(7)).</summary>
/// <remarks>A close is told a moment before the lock of what is closed is freed, so what did not work is tried again soon after; and once a second while
/// something is awaited, for file systems that tell nothing.</remarks>
internal sealed unsafe class ShareWatch : IDisposable
{
    private const int NonBlocking = 0x800;
    private const int CalmMs = 1000;
    private const int HeaderLength = 16;
    private const uint Events = PosixNative.EventModify | PosixNative.EventCloseWrite | PosixNative.EventCloseNoWrite | PosixNative.EventDelete | PosixNative.EventCreate;

    private readonly SafeFileHandle _notify = new(PosixNative.NotifyOpen(PosixNative.CloseOnExec | NonBlocking), ownsHandle: true);
    private readonly SafeFileHandle _signal = new(PosixNative.EventOpen(0, PosixNative.CloseOnExec | NonBlocking), ownsHandle: true);
    private readonly Func<bool> _wake;
    private readonly Thread _thread;
    private volatile bool _isStopped;

    /// <summary>Starts.</summary>
    /// <param name="wake">Does what can be done; says whether something is still awaited.</param>
    public ShareWatch(Func<bool> wake)
    {
        _wake = wake;
        _thread = new Thread(Run) { IsBackground = true, Name = "node share" };
        _thread.Start();
    }

    /// <summary>Watches a folder, if it is not watched.</summary>
    public void Watch(string folder) => _ = PosixNative.NotifyAdd(_notify, folder, Events);

    /// <summary>Wakes the thread.</summary>
    public void Signal()
    {
        ulong one = 1;
        try
        {
            _ = PosixNative.Write(_signal, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // A lease may end after the share was closed; nobody waits then.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isStopped = true;
        Signal();
        if (Thread.CurrentThread != _thread)
            _thread.Join();
        _notify.Dispose();
        _signal.Dispose();
    }

    private void Run()
    {
        var wait = -1;
        while (!_isStopped)
        {
            var isNews = Await(wait);
            if (_isStopped)
                return;
            if (!isNews && wait < 0)
                continue;
            if (!_wake())
                wait = -1;
            else
                wait = isNews || wait < 0 ? 1 : Math.Min(wait * 4, CalmMs);
        }
    }

    /// <summary>Whether something that matters has happened before the time was over.</summary>
    private bool Await(int milliseconds)
    {
        var entries = stackalloc PosixNative.PollEntry[2];
        entries[0] = new() { File = (int)_notify.DangerousGetHandle(), Wanted = PosixNative.PollIn };
        entries[1] = new() { File = (int)_signal.DangerousGetHandle(), Wanted = PosixNative.PollIn };
        if (PosixNative.Poll(entries, 2, milliseconds) <= 0)
            return false;
        ulong count;
        var isSignalled = PosixNative.Read(_signal, &count, sizeof(ulong)) > 0;
        return ReadEvents() || isSignalled;
    }

    private bool ReadEvents()
    {
        const int length = 1 << 14;
        var buffer = stackalloc byte[length];
        var matters = false;
        nint count;
        while ((count = PosixNative.Read(_notify, buffer, length)) > 0)
        {
            for (nint at = 0; at < count; at += HeaderLength + *(int*)(buffer + at + 12))
            {
                var mask = *(uint*)(buffer + at + 4);
                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer + at + HeaderLength);
                matters |= Matters(mask, *(int*)(buffer + at + 12) == 0 ? "" : Encoding.UTF8.GetString(name));
            }
        }
        return matters;
    }

    /// <summary>An owner's figure changed, or it ended; a reader let go of what was removed; someone left the queue, or a new owner came.</summary>
    private static bool Matters(uint mask, string name) =>
        (mask & (PosixNative.EventDelete | PosixNative.EventOverflow)) != 0
        || ((mask & (PosixNative.EventModify | PosixNative.EventCloseWrite)) != 0 && name == ShareNames.Owner)
        || ((mask & (PosixNative.EventCloseWrite | PosixNative.EventCloseNoWrite)) != 0 && name.StartsWith(ShareNames.Retired, StringComparison.Ordinal))
        || ((mask & PosixNative.EventCloseWrite) != 0 && name.Length > 0 && char.IsAsciiDigit(name[0]))
        || ((mask & PosixNative.EventCreate) != 0 && !name.StartsWith('.'));
}
