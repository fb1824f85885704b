using System.Net.Sockets;

namespace Hearth.Transport.Collectives;

/// <summary>A connection to a neighbour, used in one direction.</summary>
/// <param name="socket">The connection, which becomes the link's own.</param>
/// <param name="rank">The neighbour.</param>
internal sealed class RingLink(Socket socket, int rank) : IDisposable
{
    /// <summary>Sends all of it.</summary>
    /// <exception cref="CollectiveException">The neighbour is gone.</exception>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        try
        {
            while (bytes.Length > 0)
                bytes = bytes[await socket.SendAsync(bytes, cancel)..];
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw Lost(e);
        }
    }

    /// <summary>Fills all of it.</summary>
    /// <exception cref="CollectiveException">The neighbour is gone.</exception>
    public async ValueTask ReceiveAsync(Memory<byte> bytes, CancellationToken cancel)
    {
        try
        {
            while (bytes.Length > 0)
            {
                var count = await socket.ReceiveAsync(bytes, cancel);
                if (count == 0)
                    throw Lost(null);
                bytes = bytes[count..];
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw Lost(e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private CollectiveException Lost(Exception? inner) =>
        new(CollectiveFault.PeerLost, rank, $"Rank {rank} closed its connection: it, or one beyond it, has ended.", inner);
}
