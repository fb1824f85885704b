using System.Net;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;

namespace Hearth.Integration.Tests.Federations;

/// <summary>Federations on a cluster of processes, driven by a client that knows nothing but the protocol.</summary>
public sealed class FederationTests(SplitCluster cluster) : IClassFixture<SplitCluster>
{
    [Fact]
    public async Task Federation_FromManifestToModel_ClientsGetThereThroughTheGateway()
    {
        await using var run = new FederationRun(cluster, "plain", seed: 1);
        await run.ApplyAsync();
        run.Start();

        Assert.Equal(9, await run.VerifyAsync());

        var federation = await run.WaitForAsync(ConditionStatus.True, FederatedAggregationConditions.Completed);
        var status = federation!.Status!;
        Assert.Equal((3, RoundPhase.Published, 9, 9, 0), (status.Round, status.Phase, status.Updates.Received, status.Updates.Folded, status.Restarts));
        Assert.Equal($"file://{run.Output}/model.json", status.Model!.Uri);
        await cluster.WaitForEventAsync("plain", FederatedAggregationConditions.Completed);
    }

    [Fact]
    public async Task Federation_SuspendedAndResumed_GoesOnFromItsOutput()
    {
        await using var run = new FederationRun(cluster, "paused", seed: 2);
        await run.ApplyAsync();
        using var client = new TestClient(run.Url, "c0", 1, run.Ledger);
        await client.JoinAsync(default);
        await run.ApplyAsync(spec => spec["suspend"] = true);
        await run.WaitForAsync(ConditionStatus.Unknown, FederatedAggregationConditions.Suspended);
        await cluster.WaitForAsync<FederatedAggregation>("paused", f => f?.Status?.Worker is null, "its worker given back");

        var refused = await client.SendAsync(() => new(HttpMethod.Get, client.Url("task?client=c0")), default);
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);

        await run.ApplyAsync();
        run.Start();
        await run.VerifyAsync();
    }

    [Fact]
    public async Task Federation_DirectoryOfAnother_FailsAndSaysWhose()
    {
        await using var first = new FederationRun(cluster, "owner", seed: 3);
        await first.ApplyAsync();
        await first.WaitForAsync(ConditionStatus.Unknown, FederatedAggregationConditions.WaitingForClients);
        await using var second = new FederationRun(cluster, "intruder", seed: 4);
        await second.ApplyAsync(spec => spec["output"]!["uri"] = $"file://{first.Output}");

        var failed = await second.WaitForAsync(ConditionStatus.False, "OutputUnavailable");

        var condition = failed!.Status!.Conditions!.Single(c => c.Type == FederatedAggregationConditions.Succeeded);
        Assert.Contains("belongs to", condition.Message, StringComparison.Ordinal);
        await cluster.WaitForEventAsync("intruder", "OutputUnavailable");
    }

    [Fact]
    public async Task Federation_NoPool_SaysHowToMakeOne()
    {
        await using var run = new FederationRun(cluster, "poolless", seed: 5);
        await run.ApplyAsync(spec => spec["pool"] = "absent");

        var federation = await run.WaitForAsync(ConditionStatus.Unknown, FederatedAggregationConditions.PoolNotFound);

        Assert.Contains("kubectl apply", federation!.Status!.Conditions!.First(c => c.Type == FederatedAggregationConditions.Succeeded).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Federation_AggregatorHangs_AnotherGoesOn()
    {
        await using var run = new FederationRun(cluster, "hung", seed: 6, work: TimeSpan.FromMilliseconds(200));
        await run.ApplyAsync();
        await run.WaitForAsync(ConditionStatus.Unknown, FederatedAggregationConditions.WaitingForClients);
        run.Start();

        const int Stop = 19;
        SplitCluster.SignalWorker(Assert.Single(await run.PodsAsync()), Stop);

        await run.VerifyAsync();
        var federation = await run.WaitForAsync(ConditionStatus.True, FederatedAggregationConditions.Completed);
        Assert.Equal(1, federation!.Status!.Restarts);
        await cluster.WaitForEventAsync("hung", FederatedAggregationConditions.AggregatorLost);
    }

    [KubectlFact(needsRuntime: false)]
    public async Task Kubectl_LifeOfAFederation_IsTold()
    {
        await using var run = new FederationRun(cluster, "told", seed: 7);
        await run.ApplyAsync();
        run.Start();
        await run.VerifyAsync();
        await run.WaitForAsync(ConditionStatus.True, FederatedAggregationConditions.Completed);

        var table = (await KubectlAsync("get", "fa", "told")).Split('\n').Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        Assert.Equal(["NAME", "SUCCEEDED", "REASON", "ROUND", "ROUNDS", "PHASE", "CLIENTS", "FOLDED", "MODEL", "AGGREGATORS", "AGE"], table[0]);
        Assert.Equal(["told", "True", "Completed", "3", "3", "Published", "3", "9", "3", "1"], table[1][..^1]);

        var described = await KubectlAsync("describe", "fa", "told");
        foreach (var reason in new[] { "AggregatorServing", "RoundPublished", "Completed" })
            Assert.Contains(reason, described, StringComparison.Ordinal);
        Assert.Contains("condition met", await KubectlAsync("wait", "--for=condition=Succeeded", "fa/told"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_BadManifests_AreRefusedWithEveryField()
    {
        await using var run = new FederationRun(cluster, "refused", seed: 8);
        await run.ApplyAsync();
        var moved = await Assert.ThrowsAsync<Kubernetes.Client.KubernetesException>(() => run.ApplyAsync(spec => spec["output"]!["uri"] = "file:///elsewhere"));
        Assert.Contains("spec.output: Invalid value: \"object\": cannot be changed", moved.Message, StringComparison.Ordinal);

        await using var bad = new FederationRun(cluster, "bad", seed: 9);
        var refused = await Assert.ThrowsAsync<Kubernetes.Client.KubernetesException>(() => bad.ApplyAsync(spec =>
        {
            spec["architecture"]!["hidden"] = null;
            spec["clients"]!["maxPerRound"] = 1;
        }));
        Assert.Contains("spec.architecture.hidden", refused.Message, StringComparison.Ordinal);
        Assert.Contains("spec.clients.maxPerRound", refused.Message, StringComparison.Ordinal);
    }

    private async Task<string> KubectlAsync(params string[] arguments)
    {
        await using var kubectl = HearthProcess.StartProgram("kubectl", ["--kubeconfig", cluster.Kubeconfig, .. arguments]);
        Assert.True(await kubectl.WaitForExitAsync() == 0, kubectl.Output);
        return kubectl.Output;
    }
}
