using Hearth.Federation.Clients;
using Hearth.Testing;

namespace Hearth.Federation.Tests.Clients;

public sealed class ClientRegistryTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Snapshot_Clients_AreInTheOrderInWhichTheyJoined()
    {
        var registry = Registry();
        foreach (var id in new[] { "c", "a", "b", "a" })
            Assert.True(registry.TryJoin(id));

        Assert.Equal(["c", "a", "b"], registry.Snapshot().Present);
        Assert.Equal(3, registry.Count);
    }

    [Fact]
    public void Snapshot_ClientWaitedForInVain_IsNotThereUntilHeardOf()
    {
        var registry = Registry();
        registry.TryJoin("a");
        registry.TryJoin("b");

        registry.Miss(["a", "stranger"]);
        Assert.Equal(["b"], registry.Snapshot().Present);
        Assert.True(registry.Touch("a"));

        Assert.Equal(["a", "b"], registry.Snapshot().Present);
    }

    [Fact]
    public void Touch_ClientUnheardOfForLong_IsUnknown()
    {
        var registry = Registry();
        registry.TryJoin("a");
        registry.TryJoin("b");
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.True(registry.Touch("a"));
        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(["a"], registry.Snapshot().Present);
        Assert.False(registry.Touch("b"));
    }

    [Fact]
    public void TryJoin_MoreThanAreRemembered_IsRefusedUntilOneIsForgotten()
    {
        var registry = Registry();
        Assert.True(registry.TryJoin("a"));
        Assert.True(registry.TryJoin("b"));
        Assert.True(registry.TryJoin("c"));
        Assert.False(registry.TryJoin("d"));
        Assert.True(registry.TryJoin("a"));
        _time.Advance(TimeSpan.FromMinutes(11));

        Assert.True(registry.TryJoin("d"));
    }

    private ClientRegistry Registry() => new(Make.Options() with { MaxClients = 3 }, _time);
}
