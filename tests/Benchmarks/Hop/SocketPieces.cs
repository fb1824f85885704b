using System.Net.Sockets;

namespace Hearth.Benchmarks.Hop;

/// <summary>Receives as a well written program does: blocking, straight to where the bytes are to lie, as much as there is.</summary>
internal static class SocketPieces
{
    /// <summary>Fills all of it, and hands on each piece as soon as it is whole.</summary>
    public static void Receive(Socket socket, Span<byte> target, int piece, Action<int, int> received)
    {
        for (var (filled, handed) = (0, 0); handed < target.Length;)
        {
            var count = socket.Receive(target[filled..]);
            if (count == 0)
                throw new InvalidOperationException("The peer closed the connection in the middle.");
            filled += count;
            for (; handed < filled && (filled - handed >= piece || filled == target.Length); handed += Math.Min(piece, target.Length - handed))
                received(handed, Math.Min(piece, target.Length - handed));
        }
    }
}
