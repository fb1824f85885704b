using System.Net;
using System.Net.Sockets;
using Hearth.Api;

namespace Hearth.Cli.Local;

/// <summary>The two ports that workers listen on, each on its pod's address.</summary>
/// <param name="Data">Port of the role.</param>
/// <param name="Control">Control port.</param>
internal readonly record struct WorkerPorts(int Data, int Control)
{
    private const int Step = 10_000;

    /// <summary>An address that no node has: a port that cannot be had here is held by a program that listens on all addresses.</summary>
    internal static readonly IPAddress Unused = IPAddress.Parse("127.77.255.254");

    /// <summary>8080 and 8081.</summary>
    public static WorkerPorts Usual { get; } = new(HearthApi.WorkerDataPort, HearthApi.ControlPort);

    /// <summary>The usual ports, or else the first free pair 10,000 higher.</summary>
    public static WorkerPorts FindFree()
    {
        for (var shift = 0; Usual.Control + shift <= IPEndPoint.MaxPort; shift += Step)
        {
            var ports = new WorkerPorts(Usual.Data + shift, Usual.Control + shift);
            if (IsFree(ports.Data) && IsFree(ports.Control))
                return ports;
        }
        throw new CommandException("the ports 8080 and 8081, and those 10,000 to 50,000 higher, are held by programs that listen on all addresses; stop one.");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(Unused, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
