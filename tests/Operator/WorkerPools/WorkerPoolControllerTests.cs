using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Kubernetes.Client;
using Hearth.Policies.Pods;
using Hearth.Testing;

namespace Hearth.Operator.Tests.WorkerPools;

public sealed class WorkerPoolControllerTests : IAsyncLifetime
{
    private OperatorWorld _world = null!;

    public async Task InitializeAsync() => _world = await OperatorWorld.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Reconcile_NewPool_MakesTokenThenWorkersAndSaysStarting()
    {
        await _world.AddAsync(new MakePool("p").Warm(2).Build());

        await _world.ReconcilePoolAsync("p");

        Assert.Equal(["create Secret p-worker-token", "create Pod p-0", "create Pod p-1", "apply WorkerPool p/status"], _world.Client.Writes);
        var pool = await _world.Client.GetAsync<WorkerPool>("p", OperatorWorld.Namespace);
        var secret = await _world.Client.GetAsync<V1Secret>(WorkerPoolSecret.Name("p"), OperatorWorld.Namespace);
        Assert.True(secret!.IsOwnedBy(pool!));
        Assert.Equal(64, Convert.FromBase64String(secret!.Data![WorkerPoolSecret.TokenKey]).Length);
        Assert.All(await _world.PodsAsync(), pod => Assert.True(pod.IsOwnedBy(pool!)));
        Assert.Equal(WorkerPoolConditions.Starting, Ready(pool!.Status!).Reason);
    }

    [Fact]
    public async Task Reconcile_AllWorkersReady_IsWarmAndWritesNothingMore()
    {
        await _world.AddWarmPoolAsync(new MakePool("p").Warm(2));

        await _world.ReconcilePoolAsync("p");

        Assert.Empty(_world.Client.Writes);
        var status = await _world.PoolStatusAsync("p");
        Assert.Equal((2, 0, 1), (status.Idle, status.Starting, (int)status.ObservedGeneration!.Value));
        Assert.Equal((ConditionStatus.True, WorkerPoolConditions.Warm), (Ready(status).Status, Ready(status).Reason));
    }

    [Fact]
    public async Task Reconcile_NodeWithNewWorkersOnly_AsksOneOfThemOnceAndWritesWhatItHolds()
    {
        var asked = 0;
        _world.Control.Artifacts = _ => new() { Time = ++asked, Keys = ["0123456789abcdef"] };
        await AddWorkersOfANodeAsync();

        await _world.ReconcilePoolAsync("p");
        await _world.ReconcilePoolAsync("p");
        await _world.RestartAsync();
        await _world.ReconcilePoolAsync("p");

        Assert.Equal(1, asked);
        var told = Assert.Single(await _world.PodsAsync(), pod => pod.GetAnnotation(HearthAnnotations.Artifacts) is not null);
        Assert.Equal("1 0123456789abcdef", told.GetAnnotation(HearthAnnotations.Artifacts));
        Assert.Single(_world.Client.Writes, write => write.Contains("Pod", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reconcile_NodeWithAnEmptyCache_WritesNothing()
    {
        var asked = 0;
        _world.Control.Artifacts = _ => new() { Time = ++asked };
        await AddWorkersOfANodeAsync();

        await _world.ReconcilePoolAsync("p");
        await _world.ReconcilePoolAsync("p");

        Assert.Equal(1, asked);
        Assert.DoesNotContain(_world.Client.Writes, write => write.Contains("Pod", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reconcile_WorkerThatToldIsGone_AsksAnother()
    {
        var asked = 0;
        _world.Control.Artifacts = _ => new() { Time = ++asked, Keys = ["0123456789abcdef"] };
        await AddWorkersOfANodeAsync();
        await _world.ReconcilePoolAsync("p");
        await _world.ReconcilePoolAsync("p");
        var told = (await _world.PodsAsync()).Single(pod => pod.GetAnnotation(HearthAnnotations.Artifacts) is not null);

        await _world.Client.DeleteAsync<V1Pod>(told.Name(), OperatorWorld.Namespace, new() { GracePeriodSeconds = 0 });
        await _world.ReconcilePoolAsync("p");

        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Reconcile_CacheIsBehind_MakesNoWorkerTwice()
    {
        await _world.AddAsync(new MakePool("p").Warm(2).Build());

        await _world.ReconcilePoolAsync("p");
        await _world.ReconcilePoolAsync("p", isStale: true);
        await _world.RestartAsync();
        await _world.ReconcilePoolAsync("p");

        Assert.Equal(["p-0 idle", "p-1 idle"], await _world.WorkersAsync());
    }

    [Fact]
    public async Task Reconcile_WorkerClaimed_RefillsUnderTheNextName()
    {
        await _world.AddWarmPoolAsync(new MakePool("p").Warm(2));
        await ClaimAsync("p-0");

        var wait = (await _world.ReconcilePoolAsync("p")).RequeueAfter;
        Assert.Equal(["p-0 claimed fn", "p-1 idle"], await _world.WorkersAsync());
        _world.Time.Advance(wait!.Value);
        await _world.ReconcilePoolAsync("p");

        Assert.Equal(["p-0 claimed fn", "p-1 idle", "p-2 idle"], await _world.WorkersAsync());
        var status = await _world.PoolStatusAsync("p");
        Assert.Equal((1, 1), (status.Idle, status.Claimed));
    }

    [Fact]
    public async Task Reconcile_NameBelongsToAStranger_CountsOn()
    {
        await _world.AddAsync(new V1Pod { Metadata = new() { Name = "p-0", Namespace = OperatorWorld.Namespace }, Spec = new() { Containers = [new() { Name = "c", Image = "i" }] } });
        await _world.AddAsync(new MakePool("p").Warm(1).Build());

        await _world.ReconcilePoolAsync("p");
        await _world.ReconcilePoolAsync("p");

        Assert.Equal(["p-0", "p-1 idle"], await _world.WorkersAsync());
    }

    [Fact]
    public async Task Reconcile_OneWorkerIsRefused_MakesTheOthersAndSaysWhy()
    {
        await _world.AddAsync(new MakePool("p").Warm(2).Build());
        _world.Client.Induce = write => write == "create Pod p-0" ? Forbidden("exceeded quota: gpus") : null;

        var result = await _world.ReconcilePoolAsync("p");

        Assert.False(result.IsSuccess);
        Assert.Equal(["p-1 idle"], await _world.WorkersAsync());
        var ready = Ready(await _world.PoolStatusAsync("p"));
        Assert.Equal(WorkerPoolConditions.WorkersFailing, ready.Reason);
        Assert.Contains("exceeded quota: gpus", ready.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reconcile_ImageCannotBePulled_RepeatsTheNodesWords()
    {
        await _world.AddAsync(new MakePool("p").Warm(1).Build());
        await _world.ReconcilePoolAsync("p");
        await _world.SetStatusAsync((await _world.PodsAsync())[0], new()
        {
            Phase = "Pending",
            ContainerStatuses = [new() { Name = "worker", State = new() { Waiting = new() { Reason = "ErrImagePull", Message = "no such image" } } }],
        });

        await _world.ReconcilePoolAsync("p");

        var ready = Ready(await _world.PoolStatusAsync("p"));
        Assert.Equal((ConditionStatus.False, WorkerPoolConditions.WorkersFailing), (ready.Status, ready.Reason));
        Assert.Contains("\"p-0\" does not start: ErrImagePull: no such image", ready.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reconcile_WorkerEvictedAgainAndAgain_IsReplacedWithBackOff()
    {
        await _world.AddWarmPoolAsync(new MakePool("p").Warm(1));
        await EvictAsync("p-0");
        await _world.ReconcilePoolAsync("p");
        Assert.Equal(["p-1 idle"], await _world.WorkersAsync());
        Assert.Contains(_world.Events, e => e.StartsWith("!WorkerEnded: Worker \"p-0\" is replaced: Evicted", StringComparison.Ordinal));

        await EvictAsync("p-1");
        var result = await _world.ReconcilePoolAsync("p");
        Assert.Equal(["p-1 idle"], await _world.WorkersAsync());
        Assert.Equal(TimeSpan.FromSeconds(10), result.RequeueAfter);

        _world.Time.Advance(TimeSpan.FromSeconds(10));
        await _world.ReconcilePoolAsync("p");
        Assert.Equal(["p-0 idle"], await _world.WorkersAsync());
    }

    [Fact]
    public async Task Reconcile_WarmSizeLowered_RemovesTheNewest()
    {
        await _world.AddWarmPoolAsync(new MakePool("p").Warm(3));
        await _world.PatchAsync<WorkerPool>("p", """{"spec":{"warm":{"min":1}}}""");

        await _world.ReconcilePoolAsync("p");

        Assert.Equal(["p-0 idle"], await _world.WorkersAsync());
    }

    [Fact]
    public async Task Reconcile_ExcessWorkerIsClaimedMeanwhile_StaysWithItsClaimer()
    {
        await _world.AddWarmPoolAsync(new MakePool("p").Warm(1));
        await _world.PatchAsync<WorkerPool>("p", """{"spec":{"warm":{"min":0}}}""");
        await _world.Life.RefreshAsync(_world.Client);
        await ClaimAsync("p-0");

        var result = await _world.ReconcilePoolAsync("p", isStale: true);

        Assert.True(result.IsSuccess);
        Assert.Equal(["p-0 claimed fn"], await _world.WorkersAsync());
    }

    [Fact]
    public async Task Reconcile_ImageChanged_ReplacesWorkersOneByOne()
    {
        await _world.AddWarmPoolAsync(new MakePool("p").Warm(2));
        await _world.PatchAsync<WorkerPool>("p", """{"spec":{"image":"worker:2"}}""");

        await _world.ReconcilePoolAsync("p");
        Assert.Equal(1, await CountAsync("worker:2"));
        await _world.ReconcilePoolAsync("p");
        Assert.Equal(1, await CountAsync("worker:2"));

        await _world.ReadyAllAsync();
        await _world.ReconcilePoolAsync("p");
        Assert.Equal(2, await CountAsync("worker:2"));

        async Task<int> CountAsync(string image) => (await _world.PodsAsync()).Count(p => p.Spec.Containers[0].Image == image);
    }

    [Fact]
    public async Task Reconcile_FunctionOfAClaimedWorkerIsGone_ReturnsTheWorker()
    {
        await _world.AddWarmPoolAsync(new MakePool("p").Warm(1));
        await ClaimAsync("p-0");
        _world.Time.Advance(TimeSpan.FromSeconds(31));

        await _world.ReconcilePoolAsync("p");

        Assert.Contains("reset p-0", _world.Control.Calls);
        Assert.Contains("p-0 idle", await _world.WorkersAsync());
    }

    [Fact]
    public async Task Reconcile_ColdStarts_AreCountedOverRestarts()
    {
        await _world.AddWarmPoolAsync(new MakePool("p").Warm(1));
        await _world.MarkWorkerAsync("p-0", WorkerState.Assigned);
        await _world.ReconcilePoolAsync("p");
        Assert.Equal((1, 0), await HitsAsync());

        await _world.RestartAsync();
        await _world.ReconcilePoolAsync("p");
        Assert.Equal((1, 0), await HitsAsync());

        await _world.MarkWorkerAsync("p-1", WorkerState.Assigned, ColdStartPath.Create);
        await _world.ReconcilePoolAsync("p");
        Assert.Equal((1, 1), await HitsAsync());

        async Task<(long, long)> HitsAsync()
        {
            var status = await _world.PoolStatusAsync("p");
            return (status.Hits, status.Misses);
        }
    }

    [Fact]
    public async Task Reconcile_PredictivePolicyAndNoClaim_KeepsMinAndSaysWhy()
    {
        await _world.AddWarmPoolAsync(new MakePool("p").Warm(1, 5, WarmPolicy.Predictive));

        Assert.Contains("No claim has been seen yet", Ready(await _world.PoolStatusAsync("p")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reconcile_PredictivePolicyAndClaims_KeepsMoreAndLooksAgain()
    {
        await _world.AddWarmPoolAsync(new MakePool("p").Warm(4, 9, WarmPolicy.Predictive));
        for (var i = 0; i < 4; i++)
            await _world.MarkWorkerAsync($"p-{i}", WorkerState.Assigned, ColdStartPath.Pool);
        await _world.PatchAsync<WorkerPool>("p", """{"spec":{"warm":{"min":0}}}""");
        await _world.ReconcilePoolAsync("p");

        var result = await _world.ReconcilePoolAsync("p");

        Assert.Contains("of 2 idle workers", Ready(await _world.PoolStatusAsync("p")).Message, StringComparison.Ordinal);
        Assert.InRange(result.RequeueAfter!.Value, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Reconcile_TokenDeleted_MakesAnother()
    {
        await _world.AddWarmPoolAsync(new MakePool("p").Warm(1));
        await _world.DeleteAsync<V1Secret>(WorkerPoolSecret.Name("p"));

        await _world.ReconcilePoolAsync("p");

        Assert.Equal(["create Secret p-worker-token"], _world.Client.Writes);
    }

    private static V1Condition Ready(WorkerPoolStatus status) => OperatorWorld.Condition(status.Conditions, WorkerPoolConditions.Ready);

    private static KubernetesException Forbidden(string message) => new(new() { Code = 403, Reason = "Forbidden", Message = message });

    /// <summary>Two idle workers that share the cache of their node, which none has told about.</summary>
    private async Task AddWorkersOfANodeAsync()
    {
        var pool = await _world.AddAsync(new MakePool("p").Warm(2).CacheHostPath("/var/cache/hearth").Build());
        foreach (var name in (string[])["p-0", "p-1"])
        {
            var pod = WorkerPodFactory.MakeIdle(pool, name, new());
            await _world.AddAsync(pod with { Spec = pod.Spec with { NodeName = "node-1" } });
        }
        await _world.ReadyAllAsync();
        _world.Client.Writes.Clear();
    }

    private Task ClaimAsync(string pod) => _world.MarkWorkerAsync(pod, WorkerState.Claimed);

    private async Task EvictAsync(string name)
    {
        var pod = (await _world.PodsAsync()).Single(p => p.Name() == name);
        await _world.SetStatusAsync(pod, new() { Phase = "Failed", Reason = "Evicted", Message = "no disk left", Conditions = [] });
    }
}
