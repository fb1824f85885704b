using Hearth.Cli.Local.Nodes;

namespace Hearth.Cli.Tests.Local.Nodes;

public sealed class PodAddressesTests
{
    private readonly PodAddresses _addresses = new(new LoopbackRange(7));

    [Fact]
    public void Take_Twice_GivesDifferentAddressesOfTheNode()
    {
        Assert.Equal("127.77.7.2", _addresses.Take()!.ToString());
        Assert.Equal("127.77.7.3", _addresses.Take()!.ToString());
    }

    [Fact]
    public void Take_AfterReturn_LetsTheAddressRest()
    {
        var first = _addresses.Take()!;
        _addresses.Return(first);

        Assert.NotEqual(first, _addresses.Take());
    }

    [Fact]
    public void Take_Preferred_GivesItOnceOnly()
    {
        Assert.Equal("127.77.7.9", _addresses.Take("127.77.7.9")!.ToString());
        Assert.NotEqual("127.77.7.9", _addresses.Take("127.77.7.9")!.ToString());
    }

    [Fact]
    public void Take_AllTaken_IsNullUntilOneIsReturned()
    {
        var taken = Enumerable.Range(0, PodAddresses.Capacity).Select(_ => _addresses.Take()!).ToList();
        Assert.Equal(PodAddresses.Capacity, taken.Distinct().Count());
        Assert.Null(_addresses.Take());

        _addresses.Return(taken[100]);

        Assert.Equal(taken[100], _addresses.Take());
    }
}
