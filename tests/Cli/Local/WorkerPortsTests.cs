using System.Net.Sockets;
using Hearth.Cli.Local;

namespace Hearth.Cli.Tests.Local;

public sealed class WorkerPortsTests
{
    [Fact]
    public void FindFree_PortHeldWhereNoNodeIs_GivesAnotherPair()
    {
        var usual = WorkerPorts.FindFree();
        using var program = new TcpListener(WorkerPorts.Unused, usual.Control);
        program.Start();

        var other = WorkerPorts.FindFree();

        Assert.NotEqual(usual, other);
        Assert.Equal(other.Data + 1, other.Control);
    }
}
