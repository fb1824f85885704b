using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Xunit.Abstractions;

namespace Hearth.Integration.Tests.Federations;

/// <summary>A tree of aggregators on real processes: each of them killed while clients send, and two gateways at once.</summary>
public sealed class FederationTreeTests(SplitCluster cluster, ITestOutputHelper output) : IClassFixture<SplitCluster>
{
    private const int Clients = 6;
    private const int Rounds = 4;

    // A round takes so long that a kill is within one.
    private static readonly TimeSpan Work = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Federation_WithATree_LeavesTakeTheUpdates()
    {
        await using var run = await StartAsync("tree", 21);

        await run.VerifyAsync();

        var status = (await run.WaitForAsync(ConditionStatus.True, FederatedAggregationConditions.Completed))!.Status!;
        Assert.Equal(Clients * Rounds, status.Updates.Folded);
        Assert.True(status.BytesOnNode + status.BytesAcross > 0, "no byte went from one aggregator to another");
        Assert.True(status.WorkerReuses > 0, "no place was filled by a worker that was there");
    }

    [Theory]
    [InlineData("top")]
    [InlineData("leaf-1")]
    [InlineData("leaf-2")]
    public async Task KillNine_OfAnAggregator_OnlyDelaysTheRound(string slot)
    {
        await using var run = await StartAsync($"killed-{slot}", 22);

        SplitCluster.CrashWorker((await run.PodsAsync()).Single(p => SlotOf(p) == slot && p.State() == WorkerState.Assigned));

        await VerifyAsync(run);
    }

    [Fact]
    public async Task KillNine_OfOneOfTwoGateways_TheOtherServesTheSameClients()
    {
        await using var second = HearthProcess.Start(
            "gateway", "--kubeconfig", cluster.Kubeconfig, "--listen", "http://127.0.0.1:0", "--operations-listen", "http://127.0.0.1:0");
        await second.WaitForLineAsync("^gateway ");
        await using var run = await StartAsync("gateways", 23);
        var other = new Uri($"{second.Output.Split('\n').First(l => l.StartsWith("gateway ", StringComparison.Ordinal))["gateway ".Length..].Trim()}/federations/default/gateways/");
        using var late = new TestClient(other, "late", 7, run.Ledger, Work);
        var taking = late.RunAsync(CancellationToken.None);

        await cluster.CrashGatewayAsync();
        await cluster.StartGatewayAsync();

        await VerifyAsync(run);
        Assert.Equal(Rounds, await taking.WaitAsync(HearthProcess.Patience));
    }

    /// <summary>A federation whose tree is complete and whose clients are at work.</summary>
    private async Task<FederationRun> StartAsync(string name, int seed)
    {
        await cluster.WaitForWarmPoolAsync();
        var run = new FederationRun(cluster, name, seed, Clients, Rounds, Work);
        await run.ApplyAsync(spec =>
        {
            spec["hierarchy"] = new System.Text.Json.Nodes.JsonObject { ["levels"] = "Three", ["maxFanIn"] = Clients / 2, ["nodeCapacity"] = Clients };
            spec["maxAggregators"] = 3;
        });
        await cluster.WaitForAsync<FederatedAggregation>(name, f => f?.Status?.Tree?.Slots.Count(s => s.Ready) == 3, "its tree of a top and two leaves");
        run.Start();
        return run;
    }

    private async Task VerifyAsync(FederationRun run)
    {
        try
        {
            output.WriteLine($"{await run.VerifyAsync()} updates included of {run.Ledger.Acknowledged.Count} acknowledged");
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{e.Message}\n{cluster.Outputs}", e);
        }
    }

    private static string? SlotOf(V1Pod pod) => pod.GetAnnotation(HearthAnnotations.AggregatorSlot);
}
