using System.Collections.Concurrent;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Testing;
using Xunit.Abstractions;

namespace Hearth.Kubernetes.Tests.Faults;

/// <summary>
/// Two replicas of an operator that keeps one pod for each config map. The leader is killed again and again while objects come and go.
/// <c>HEARTH_SOAK=1</c> kills it 20 times.
/// </summary>
public sealed class LeaderKillTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Owners = 12;
    private static readonly int Kills = Environment.GetEnvironmentVariable("HEARTH_SOAK") == "1" ? 20 : 2;

    private readonly ApiServerFixture _server = new();
    private readonly CancellationTokenSource _stop = new(TimeSpan.FromMinutes(9));
    private readonly ConcurrentQueue<string> _intrusions = [];
    private int _replicas;

    public Task InitializeAsync() => _server.InitializeAsync();

    public async Task DisposeAsync()
    {
        _stop.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task RunAsync_LeaderKilledUnderChurn_OnlyOneActsAndNothingIsLeftOrDoubled()
    {
        var churn = ChurnAsync();
        var alive = new List<Replica> { New(), New() };
        for (var kill = 0; kill < Kills; kill++)
        {
            var leader = await LeaderAsync(alive);
            await leader.ActsAsync(_stop.Token);
            await leader.KillAsync();
            alive.Remove(leader);
            alive.Add(New());
        }
        await churn;
        await SettleAsync();

        output.WriteLine($"{Kills} leaders killed, {_replicas} replicas in all");
        Assert.Empty(_intrusions);
        foreach (var replica in alive)
            await replica.KillAsync();
    }

    private Replica New() => new(_server, $"replica-{++_replicas}", _intrusions);

    /// <summary>The replica that holds the lease.</summary>
    private async Task<Replica> LeaderAsync(List<Replica> alive)
    {
        await foreach (var change in _server.Client.WatchAsync<V1Lease>("default", cancel: _stop.Token))
        {
            if (alive.Find(r => r.Identity == change.Object.Spec.HolderIdentity) is { } leader)
                return leader;
        }
        throw new InvalidOperationException("The watch of the lease ended before a replica held it.");
    }

    /// <summary>Owners and pods go and come until it is told to stop.</summary>
    private async Task ChurnAsync()
    {
        var random = new Random(1);
        for (var i = 0; i < 40 * Kills; i++)
        {
            var name = $"owner-{random.Next(Owners)}";
            if (random.Next(3) == 0)
            {
                await _server.Client.DeleteAsync<V1ConfigMap>(name, "default");
            }
            else if (await _server.Client.GetAsync<V1ConfigMap>(name, "default") is null)
            {
                await _server.Client.CreateAsync(new V1ConfigMap { Metadata = new() { Name = name, Namespace = "default" } });
            }
            else if ((await _server.Client.ListAsync<V1Pod>("default")).Items is [var pod, ..])
            {
                await _server.Client.DeleteAsync<V1Pod>(pod.Name(), "default");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    /// <summary>Completes when each owner has one pod and each pod an owner; a second pod of an owner is a failure at once.</summary>
    private async Task SettleAsync()
    {
        await foreach (var change in _server.Client.WatchAsync<V1Pod>("default", cancel: _stop.Token))
        {
            var owners = (await _server.Client.ListAsync<V1ConfigMap>("default")).Items.Select(o => o.Uid()).ToHashSet();
            var pods = (await _server.Client.ListAsync<V1Pod>("default")).Items.Select(p => p.GetController()!.Uid).ToList();
            Assert.Equal(pods.Count, pods.Distinct().Count());
            if (owners.SetEquals(pods))
                return;
        }
    }
}
