using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Leases;
using Hearth.Kubernetes.Tests.Client;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Kubernetes.Tests.Leases;

public sealed class LeaderElectorTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);
    private readonly ManualTimeProvider _time = new();
    private readonly LeaseServer _server = new();
    private readonly KubernetesClient _client;

    public LeaderElectorTests() => _client = _server.Client(_time);

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task AcquireAsync_NoLease_CreatesIt()
    {
        await Elector("a").AcquireAsync(CancellationToken.None).WaitAsync(Patience);

        Assert.Equal(("a", 0), (_server.Holder, _server.Transitions));
    }

    [Fact]
    public async Task AcquireAsync_HeldAndRenewed_WaitsHoweverLong()
    {
        var leader = Elector("a");
        await leader.AcquireAsync(CancellationToken.None).WaitAsync(Patience);
        using var stop = new CancellationTokenSource();
        var keep = leader.KeepAsync(stop.Token);
        var waiting = Elector("b").AcquireAsync(stop.Token);

        for (var i = 0; i < 20; i++)
            await TickAsync();

        Assert.False(keep.IsCompleted || waiting.IsCompleted);
        Assert.Equal("a", _server.Holder);
        await stop.CancelAsync();
        await keep.WaitAsync(Patience);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience));
    }

    [Fact]
    public async Task AcquireAsync_HolderDied_TakesOverWhenTheLeaseRunsOut()
    {
        await Elector("a").AcquireAsync(CancellationToken.None).WaitAsync(Patience);
        var waiting = Elector("b").AcquireAsync(CancellationToken.None);

        for (var i = 0; i < 7; i++)
            await TickAsync();
        Assert.Equal("a", _server.Holder);
        await TickAsync();

        await waiting.WaitAsync(Patience);
        Assert.Equal(("b", 1), (_server.Holder, _server.Transitions));
    }

    [Fact]
    public async Task ReleaseAsync_OtherWaits_LeadsAtItsNextAttempt()
    {
        var leader = Elector("a");
        await leader.AcquireAsync(CancellationToken.None).WaitAsync(Patience);
        var waiting = Elector("b").AcquireAsync(CancellationToken.None);
        await leader.ReleaseAsync(CancellationToken.None);

        await TickAsync();

        await waiting.WaitAsync(Patience);
        Assert.Equal("b", _server.Holder);
    }

    [Fact]
    public async Task KeepAsync_ServerAway_IsLostBeforeAnotherMayTakeIt()
    {
        var leader = Elector("a");
        await leader.AcquireAsync(CancellationToken.None).WaitAsync(Patience);
        var keep = leader.KeepAsync(CancellationToken.None);
        _server.IsDown = true;

        for (var i = 0; i < 4; i++)
            await TickAsync();
        Assert.False(keep.IsCompleted);
        await TickAsync();

        await Assert.ThrowsAsync<LeadershipLostException>(() => keep.WaitAsync(Patience));
    }

    [Fact]
    public async Task KeepAsync_ServerAwayForAMoment_KeepsLeading()
    {
        var leader = Elector("a");
        await leader.AcquireAsync(CancellationToken.None).WaitAsync(Patience);
        using var stop = new CancellationTokenSource();
        var keep = leader.KeepAsync(stop.Token);

        for (var i = 0; i < 20; i++)
        {
            _server.IsDown = i % 4 != 0;
            await TickAsync();
        }

        Assert.False(keep.IsCompleted);
        await stop.CancelAsync();
        await keep.WaitAsync(Patience);
    }

    [Fact]
    public async Task KeepAsync_AnotherHasIt_IsLostAtOnce()
    {
        var leader = Elector("a");
        await leader.AcquireAsync(CancellationToken.None).WaitAsync(Patience);
        var keep = leader.KeepAsync(CancellationToken.None);
        _server.Take("thief");

        await TickAsync();

        var error = await Assert.ThrowsAsync<LeadershipLostException>(() => keep.WaitAsync(Patience));
        Assert.Contains("\"thief\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_RenewDeadlineNotWithinTheLease_Throws()
    {
        var options = new LeaderElectorOptions { Namespace = "ns", Name = "lease", Identity = "a", LeaseDuration = TimeSpan.FromSeconds(10) };

        Assert.Throws<ArgumentOutOfRangeException>(() => new LeaderElector(_client, options, _time, NullLoggerFactory.Instance));
    }

    private LeaderElector Elector(string identity) => new(
        _client, new LeaderElectorOptions { Namespace = "ns", Name = "lease", Identity = identity }, _time, NullLoggerFactory.Instance);

    /// <summary>One retry period; the server answers synchronously, so what it brings about has happened when the clock stands again.</summary>
    private async Task TickAsync()
    {
        await _time.WaitForTimerAsync(Retry);
        _time.Advance(Retry);
    }
}
