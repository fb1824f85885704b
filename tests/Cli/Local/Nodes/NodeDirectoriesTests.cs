using Hearth.Cli.Local.Nodes;

namespace Hearth.Cli.Tests.Local.Nodes;

public sealed class NodeDirectoriesTests
{
    private readonly NodeDirectories _directories = new("/tmp/hearth-0123456789abcdef");

    [Fact]
    public void HostPath_OnDisk_IsTheNodesOwn() => Assert.Equal("/tmp/hearth-0123456789abcdef/host/var/cache/hearth", _directories.HostPath("/var/cache/hearth"));

    [Fact]
    public void HostPath_InMemory_StaysInMemoryAndIsTheNodesOwn()
    {
        var other = new NodeDirectories("/tmp/hearth-f123456789abcdef");

        Assert.Equal("/dev/shm/hearth-01234567/hearth", _directories.HostPath("/dev/shm/hearth"));
        Assert.Equal("/dev/shm/hearth-01234567", _directories.InMemory);
        Assert.NotEqual(_directories.InMemory, other.InMemory);
    }
}
