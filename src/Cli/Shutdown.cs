using System.Runtime.InteropServices;

namespace Hearth.Cli;

/// <summary>Turns the first SIGINT or SIGTERM into a cancellation, so that everything is cleaned up; the second ends the process as usual.</summary>
internal sealed partial class Shutdown : IDisposable
{
    private const int SigInt = 2;

    private readonly CancellationTokenSource _asked = new();
    private readonly PosixSignalRegistration[] _signals;

    public Shutdown()
    {
        // A script's shell starts what it puts in the background deaf to SIGINT; who sends it all the same means it.
        _ = SetHandler(SigInt, IntPtr.Zero);
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];
    }

    /// <summary>Cancelled once the process was asked to end.</summary>
    public CancellationToken Token => _asked.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        _asked.Dispose();
    }

    private void Handle(PosixSignalContext signal)
    {
        signal.Cancel = !_asked.IsCancellationRequested;
        _asked.Cancel();
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial IntPtr SetHandler(int signal, IntPtr handler);
}
