using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Hearth.Transport.Streaming;

/// <summary>A connection between nodes. Everything on it has a time that grows with the bytes.</summary>
/// <param name="socket">The connection, which becomes the line's own.</param>
/// <param name="options">The times.</param>
/// <param name="time">The clock.</param>
internal sealed class StreamingLine(Socket socket, StreamingOptions options, TimeProvider time) : IDisposable
{
    // How soon a thread that waits for room sees that it is to give up.
    private static readonly TimeSpan WaitAtOnce = TimeSpan.FromMilliseconds(100);

    /// <summary>Connects.</summary>
    /// <exception cref="StreamingException">The other cannot be reached.</exception>
    public Task ConnectAsync(IPEndPoint server, CancellationToken cancel) => InTimeAsync(options.Allowance(0), token => socket.ConnectAsync(server, token).AsTask(), cancel);

    /// <summary>Sends all of it.</summary>
    /// <exception cref="StreamingException">The other is gone or too slow.</exception>
    public Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel) => InTimeAsync(
        options.Allowance(bytes.Length),
        async token =>
        {
            while (bytes.Length > 0)
                bytes = bytes[await socket.SendAsync(bytes, token)..];
        },
        cancel);

    /// <summary>Fills all of it.</summary>
    /// <exception cref="StreamingException">The other is gone or too slow.</exception>
    public Task ReceiveAsync(Memory<byte> bytes, CancellationToken cancel) => InTimeAsync(options.Allowance(bytes.Length), token => FillAsync(bytes, token), cancel);

    /// <summary>Fills all of it, within a time of the caller's.</summary>
    /// <exception cref="StreamingException">The other is gone or too slow.</exception>
    public Task ReceiveAsync(Memory<byte> bytes, TimeSpan allowance, CancellationToken cancel) => InTimeAsync(allowance, token => FillAsync(bytes, token), cancel);

    /// <summary>Has the system send a part of a file (sendfile(2)): no byte of it comes by this process's memory.</summary>
    /// <exception cref="StreamingException">The other is gone or too slow.</exception>
    public Task SendFileAsync(SafeFileHandle file, long offset, int count, CancellationToken cancel) => InTimeAsync(
        options.Allowance(count),
        // A thread of its own: waiting for room in the socket blocks it.
        token => Task.Factory.StartNew(() => SendFile(file, offset, count, token), token, TaskCreationOptions.LongRunning, TaskScheduler.Default),
        cancel);

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private async Task FillAsync(Memory<byte> bytes, CancellationToken cancel)
    {
        while (bytes.Length > 0)
        {
            var count = await socket.ReceiveAsync(bytes, cancel);
            if (count == 0)
                throw new SocketException((int)SocketError.ConnectionReset);
            bytes = bytes[count..];
        }
    }

    private void SendFile(SafeFileHandle file, long offset, long count, CancellationToken cancel)
    {
        while (count > 0)
        {
            cancel.ThrowIfCancellationRequested();
            var sent = PosixNative.SendFile(socket.SafeHandle, file, ref offset, (nuint)count);
            if (sent > 0)
                count -= sent;
            else if (sent == 0)
                throw new EndOfStreamException("An object of the node share is shorter than it was.");
            else if (PosixNative.ErrorNumber == PosixNative.Again)
                socket.Poll(WaitAtOnce, SelectMode.SelectWrite);
            else if (PosixNative.ErrorNumber != PosixNative.Interrupted)
                throw new SocketException((int)SocketError.ConnectionReset, PosixNative.Error);
        }
    }

    private async Task InTimeAsync(TimeSpan allowance, Func<CancellationToken, Task> move, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(allowance, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            await move(either.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            cancel.ThrowIfCancellationRequested();
            throw new StreamingException(
                StreamingFault.PeerLost, timeout.IsCancellationRequested ? $"The other was silent or slow for {allowance.TotalSeconds:0} s." : $"The connection was closed: {e.Message}.", e);
        }
    }
}
