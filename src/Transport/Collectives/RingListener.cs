using System.Net;
using System.Net.Sockets;

namespace Hearth.Transport.Collectives;

/// <summary>Where the previous rank connects; open from before the others are told of it until the ring is closed, or disposed.</summary>
public sealed class RingListener : IDisposable
{
    // Only one connection is ever expected; the others are strangers.
    private const int Backlog = 16;

    private RingListener(Socket socket) => Socket = socket;

    /// <summary>The address, with the port that was given where 0 was asked for.</summary>
    public IPEndPoint LocalEndPoint => (IPEndPoint)Socket.LocalEndPoint!;

    internal Socket Socket { get; }

    /// <summary>Listens.</summary>
    /// <exception cref="SocketException">The address is not this machine's, or the port is taken.</exception>
    public static RingListener Bind(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(address);
            socket.Listen(Backlog);
            return new RingListener(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Socket.Dispose();
}
