using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Operator.Gateways;
using Hearth.Testing;

namespace Hearth.Operator.Tests.Gateways;

public sealed class GatewayDirectoryTests
{
    private readonly FakeInformer<V1Lease> _leases = new();
    private readonly ManualTimeProvider _time = new();
    private readonly GatewayDirectory _directory;

    public GatewayDirectoryTests() => _directory = new(_leases, "hearth-system", _time);

    [Fact]
    public void Refresh_LeaseIsRenewed_IsAliveWhateverItsClockSays()
    {
        _leases.Set(Lease("a", 1));
        _directory.Refresh();
        _time.Advance(TimeSpan.FromSeconds(14));
        _leases.Set(Lease("a", 2));
        Assert.True(Assert.Single(_directory.Refresh()).IsAlive);

        _time.Advance(TimeSpan.FromSeconds(14));

        Assert.True(Assert.Single(_directory.Refresh()).IsAlive);
    }

    [Fact]
    public void Refresh_LeaseIsNotRenewed_IsAskedForAWhileThenForgotten()
    {
        _leases.Set(Lease("a", 1));
        _directory.Refresh();
        Assert.Equal("http://a", _directory.Url);

        _time.Advance(TimeSpan.FromSeconds(16));
        Assert.False(Assert.Single(_directory.Refresh()).IsAlive);
        Assert.Null(_directory.Url);

        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty(_directory.Refresh());
    }

    [Fact]
    public void Refresh_LeaseElsewhereOrGone_IsNoGateway()
    {
        var lease = Lease("a", 1);
        _leases.Set(lease);
        _leases.Set(Lease("b", 1, "other"));
        Assert.Equal(["a"], _directory.Refresh().Select(g => g.Name));

        _leases.Remove(lease);

        Assert.Empty(_directory.Refresh());
    }

    private static V1Lease Lease(string name, int version, string ns = "hearth-system") => new()
    {
        Metadata = new()
        {
            Name = name,
            Namespace = ns,
            ResourceVersion = $"{version}",
            Annotations = new Dictionary<string, string> { [HearthAnnotations.LoadUrl] = $"http://{name}:8081", [HearthAnnotations.GatewayUrl] = $"http://{name}" },
        },
        Spec = new() { HolderIdentity = name, LeaseDurationSeconds = 15, RenewTime = DateTimeOffset.UnixEpoch },
    };
}
