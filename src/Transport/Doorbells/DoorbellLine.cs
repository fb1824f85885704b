using System.Net.Sockets;

namespace Hearth.Transport.Doorbells;

/// <summary>A connection between two processes of a node.</summary>
/// <param name="socket">The connection, which becomes the line's own.</param>
/// <param name="peer">The other owner.</param>
internal sealed class DoorbellLine(Socket socket, string peer) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly byte[] _outgoing = new byte[DoorbellFrame.Size];
    private readonly byte[] _incoming = new byte[DoorbellFrame.Size];

    /// <summary>The other owner.</summary>
    public string Peer => peer;

    /// <summary>Sends a frame; several may at once.</summary>
    /// <exception cref="DoorbellException">The peer is gone.</exception>
    public async Task SendAsync(DoorbellFrame frame, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            frame.Write(_outgoing);
            // Half a frame would leave the line out of step: what was begun is sent whole. Credits keep it shorter than the socket's buffer.
            for (var sent = 0; sent < _outgoing.Length;)
                sent += await socket.SendAsync(_outgoing.AsMemory(sent), CancellationToken.None);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw Lost(e);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The next frame, or null once the peer has gone or left in the middle of one. One at a time.</summary>
    /// <exception cref="DoorbellException">What came is no frame of an expected type.</exception>
    public async Task<DoorbellFrame?> ReceiveAsync(DoorbellFrameType expected, CancellationToken cancel)
    {
        if (!await FillAsync(socket, _incoming, cancel))
            return null;
        if (DoorbellFrame.Read(_incoming) is { } frame && frame.Type == expected)
            return frame;
        Dispose();
        throw new DoorbellException(DoorbellFault.OutOfStep, $"Owner \"{peer}\" sent what is no {expected}: the line to it was closed. Both must be of one version.");
    }

    /// <summary>Fills all of it; false when the peer has gone.</summary>
    public static async Task<bool> FillAsync(Socket socket, Memory<byte> target, CancellationToken cancel)
    {
        try
        {
            while (target.Length > 0)
            {
                var count = await socket.ReceiveAsync(target, cancel);
                if (count == 0)
                    return false;
                target = target[count..];
            }
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>What is said when the peer is gone.</summary>
    public DoorbellException Lost(Exception? inner) => new(DoorbellFault.PeerLost, $"Owner \"{peer}\" has ended or closed its door.", inner);

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();
}
