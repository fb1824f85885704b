using System.Net;
using System.Net.Sockets;

namespace Hearth.Benchmarks.Gateway;

/// <summary>Ports that are free now.</summary>
internal static class Ports
{
    /// <summary>A port of the loopback address.</summary>
    public static int Free()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
