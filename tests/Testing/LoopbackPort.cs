using System.Net;
using System.Net.Sockets;

namespace Hearth.Testing;

/// <summary>For processes that must be told a port and cannot say which one they were given.</summary>
public static class LoopbackPort
{
    /// <summary>A port that nobody listens on now, on any address.</summary>
    public static int Free()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Any, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
