using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Kubernetes.Client;
using Hearth.Testing;

namespace Hearth.Operator.Tests.InferenceFunctions;

public sealed class InferenceFunctionControllerTests : IAsyncLifetime
{
    private OperatorWorld _world = null!;

    public async Task InitializeAsync() => _world = await OperatorWorld.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Reconcile_NoPool_SaysHowToMakeOne()
    {
        await _world.AddAsync(new MakeFunction().Pool("gpu").Build());

        await _world.ReconcileFunctionAsync();

        var status = await _world.FunctionStatusAsync();
        var pool = Condition(status, InferenceFunctionConditions.PoolAvailable);
        Assert.Equal((ConditionStatus.False, InferenceFunctionConditions.PoolNotFound), (pool.Status, pool.Reason));
        Assert.Contains("\"kind\":\"WorkerPool\",\"metadata\":{\"name\":\"gpu\",\"namespace\":\"default\"}", pool.Message, StringComparison.Ordinal);
        Assert.Equal(InferenceFunctionConditions.PoolNotFound, Condition(status, InferenceFunctionConditions.Ready).Reason);
        Assert.Contains(_world.Events, e => e.StartsWith("!PoolNotFound", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reconcile_Fallback_TellsWhetherItCanStandIn()
    {
        await _world.AddAsync(new MakeFunction().Fallback("small").Build());
        await _world.ReconcileFunctionAsync();
        await AssertFallbackAsync(ConditionStatus.False, InferenceFunctionConditions.FallbackNotFound, "There is no InferenceFunction \"small\" in namespace \"default\"");

        await _world.AddAsync(new MakeFunction("small").Build());
        await _world.ReconcileFunctionAsync();
        await AssertFallbackAsync(ConditionStatus.True, InferenceFunctionConditions.FallbackFound, "InferenceFunction \"small\" stands in.");

        await _world.PatchAsync<InferenceFunction>("small", """{"spec":{"suspend":true}}""");
        await _world.ReconcileFunctionAsync();
        await AssertFallbackAsync(ConditionStatus.False, InferenceFunctionConditions.FallbackSuspended, "InferenceFunction \"small\" is suspended");

        await _world.PatchAsync<InferenceFunction>("fn", """{"spec":{"fallback":null}}""");
        await _world.ReconcileFunctionAsync();
        Assert.DoesNotContain((await _world.FunctionStatusAsync()).Conditions!, condition => condition.Type == InferenceFunctionConditions.FallbackAvailable);

        async Task AssertFallbackAsync(string status, string reason, string message)
        {
            var condition = Condition(await _world.FunctionStatusAsync(), InferenceFunctionConditions.FallbackAvailable);
            Assert.Equal((status, reason), (condition.Status, condition.Reason));
            Assert.StartsWith(message, condition.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null, ConditionStatus.True, InferenceFunctionConditions.Batched)]
    [InlineData("The model cannot.", ConditionStatus.False, InferenceFunctionConditions.CannotBatch)]
    public async Task Reconcile_Batching_TellsWhatTheWorkerSays(string? notBatched, string status, string reason)
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(1));
        await _world.AddAsync(new MakeFunction().Scale(1, 1).Batching(8).Build());
        _world.Control.End = _world.Control.End with { NotBatched = notBatched };

        await _world.ReconcileFunctionAsync();
        Assert.Equal(InferenceFunctionConditions.NotTried, Condition(await _world.FunctionStatusAsync(), InferenceFunctionConditions.Batching).Reason);
        await _world.SettleFunctionAsync();

        var condition = Condition(await _world.FunctionStatusAsync(), InferenceFunctionConditions.Batching);
        Assert.Equal((status, reason), (condition.Status, condition.Reason));
        Assert.Equal(notBatched ?? "Requests are joined to runs of up to 8 rows.", condition.Message);
    }

    [Fact]
    public async Task Reconcile_ScaleToZeroFunction_IsReadyWithNoWorkerAndWritesNothingMore()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(1));
        await _world.AddAsync(new MakeFunction().Build());

        await _world.ReconcileFunctionAsync();
        var status = await _world.FunctionStatusAsync();
        await _world.ReconcileFunctionAsync();

        Assert.Equal(["apply InferenceFunction fn/status"], _world.Client.Writes);
        var ready = Condition(status, InferenceFunctionConditions.Ready);
        Assert.Equal((ConditionStatus.True, InferenceFunctionConditions.ScaledToZero), (ready.Status, ready.Reason));
        Assert.Equal(InferenceFunctionConditions.NotTried, Condition(status, InferenceFunctionConditions.ModelLoaded).Reason);
        Assert.Equal("fn.default", status.DaprAppId);
        Assert.Null(status.Url);
    }

    [Fact]
    public async Task Reconcile_GatewayKnown_WritesTheUrl()
    {
        await _world.AddAsync(new MakeFunction().Build());
        await _world.AddAsync(new V1Lease
        {
            Metadata = new()
            {
                Name = "g",
                Namespace = "hearth-system",
                Labels = new Dictionary<string, string> { [HearthLabels.Component] = "gateway" },
                Annotations = new Dictionary<string, string> { [HearthAnnotations.GatewayUrl] = "http://127.0.0.1:3500" },
            },
            Spec = new() { HolderIdentity = "g", LeaseDurationSeconds = 15, RenewTime = _world.Time.GetUtcNow() },
        });

        await _world.ReconcileFunctionAsync();

        Assert.Equal("http://127.0.0.1:3500/v1.0/invoke/fn.default/method/", (await _world.FunctionStatusAsync()).Url);
    }

    [Fact]
    public async Task Reconcile_MinWorkers_ClaimsAssignsAdoptsAndServes()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(1));
        await _world.AddAsync(new MakeFunction().Scale(1, 3).Build());

        await _world.ReconcileFunctionAsync();
        Assert.Equal(InferenceFunctionConditions.Starting, Condition(await _world.FunctionStatusAsync(), InferenceFunctionConditions.Ready).Reason);
        await _world.SettleFunctionAsync();

        Assert.Equal(["default-0 assigned fn"], await _world.WorkersAsync());
        var function = await _world.Client.GetAsync<InferenceFunction>("fn", OperatorWorld.Namespace);
        Assert.True(Assert.Single(await _world.PodsAsync()).IsOwnedBy(function!));
        var status = function!.Status!;
        Assert.Equal((1, 0), (status.Replicas.Ready, status.Replicas.Starting));
        Assert.Equal(InferenceFunctionConditions.Serving, Condition(status, InferenceFunctionConditions.Ready).Reason);
        Assert.Equal(ConditionStatus.True, Condition(status, InferenceFunctionConditions.ModelLoaded).Status);
        Assert.Equal((ColdStartPath.Pool, 20, 30), (status.LastColdStart!.Path, status.LastColdStart.DeployCode.TotalMilliseconds, status.LastColdStart.DeployDependency.TotalMilliseconds));
    }

    [Fact]
    public async Task Reconcile_CacheIsBehindAClaim_TakesNoSecondWorker()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(3));
        await _world.AddAsync(new MakeFunction().Scale(1, 3).Build());

        await _world.ReconcileFunctionAsync();
        await _world.ReconcileFunctionAsync(isStale: true);
        await _world.ReconcileFunctionAsync(isStale: true);

        Assert.Single(await _world.WorkersAsync(), w => w.EndsWith("fn", StringComparison.Ordinal));
        Assert.Single(_world.Control.Calls);
    }

    [Fact]
    public async Task Reconcile_PoolIsEmpty_MakesAWorkerAndAssignsItWhenItIsReady()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(0));
        await _world.AddAsync(new MakeFunction().Scale(1, 3).Build());

        await _world.SettleFunctionAsync();
        Assert.Equal(WorkerState.Claimed, Assert.Single(await _world.PodsAsync()).GetLabel(HearthLabels.WorkerState));
        Assert.Empty(_world.Control.Calls);

        await _world.ReadyAllAsync();
        await _world.SettleFunctionAsync();
        Assert.Equal(ColdStartPath.Create, (await _world.FunctionStatusAsync()).LastColdStart!.Path);
    }

    [Fact]
    public async Task Reconcile_ContainerFunction_GetsAPodOfItsOwn()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(1));
        await _world.AddAsync(new MakeFunction().Container("example/server", 9000).Scale(1, 1).Build());

        await _world.SettleFunctionAsync();
        await _world.ReadyAllAsync();
        await _world.SettleFunctionAsync();

        var pod = Assert.Single(await _world.PodsAsync(), p => p.GetLabel(HearthLabels.Function) == "fn");
        Assert.Equal(("example/server", WorkerState.Assigned), (pod.Spec.Containers[0].Image, pod.GetLabel(HearthLabels.WorkerState)));
        Assert.Empty(_world.Control.Calls);
    }

    [Fact]
    public async Task Reconcile_ModelIsBroken_TellsWhyThenReleasesThenWaits()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(1));
        await _world.AddAsync(new MakeFunction().Scale(1, 3).Build());
        _world.Control.End = new() { State = AssignmentState.Failed, Failure = new(AssignmentFailureReason.DigestMismatch, "the bytes are others") };

        await _world.SettleFunctionAsync();

        var status = await _world.FunctionStatusAsync();
        foreach (var type in new[] { InferenceFunctionConditions.ModelLoaded, InferenceFunctionConditions.Ready })
        {
            var condition = Condition(status, type);
            Assert.Equal((ConditionStatus.False, AssignmentFailureReason.DigestMismatch), (condition.Status, condition.Reason));
            Assert.Contains("the bytes are others", condition.Message, StringComparison.Ordinal);
        }
        Assert.Equal(["Starting", "!DigestMismatch"], _world.Events.Select(e => e[..e.IndexOf(':', StringComparison.Ordinal)]));
        Assert.Equal("!DigestMismatch: Worker \"default-0\": the bytes are others", _world.Events[1]);
        Assert.Equal(["default-0 idle"], await _world.WorkersAsync());
        Assert.Single(_world.Control.Calls, c => c.StartsWith("assign", StringComparison.Ordinal));
        Assert.Equal(TimeSpan.FromSeconds(10), (await _world.ReconcileFunctionAsync()).RequeueAfter);
    }

    [Fact]
    public async Task Reconcile_StatusCannotBeWritten_ReleasesNothingItHasNotTold()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(1));
        await _world.AddAsync(new MakeFunction().Build());
        await _world.MarkWorkerAsync("default-0", WorkerState.Failed, failure: new(AssignmentFailureReason.InvalidModel, "no ONNX"));
        _world.Client.Induce = write => write.EndsWith("/status", StringComparison.Ordinal) ? new HttpRequestException("API server is away") : null;

        var result = await _world.ReconcileFunctionAsync();

        Assert.False(result.IsSuccess);
        Assert.Equal(["default-0 failed fn"], await _world.WorkersAsync());
    }

    [Fact]
    public async Task Reconcile_BrokenModelIsRepaired_TriesAtOnce()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(1));
        await _world.AddAsync(new MakeFunction().Scale(1, 3).Build());
        var good = _world.Control.End;
        _world.Control.End = new() { State = AssignmentState.Failed, Failure = new(AssignmentFailureReason.InvalidModel, "no ONNX") };
        await _world.SettleFunctionAsync();

        _world.Control.End = good;
        await _world.PatchAsync<InferenceFunction>("fn", """{"spec":{"model":{"uri":"file:///models/other.onnx"}}}""");
        await _world.SettleFunctionAsync();

        Assert.Equal(InferenceFunctionConditions.Serving, Condition(await _world.FunctionStatusAsync(), InferenceFunctionConditions.Ready).Reason);
    }

    [Fact]
    public async Task Reconcile_KeepAliveOver_ReturnsTheWorkerToThePool()
    {
        await ServeAsync(new MakeFunction());
        _world.Time.Advance(TimeSpan.FromSeconds(59));
        _world.Report(0, idle: TimeSpan.FromSeconds(59));
        Assert.Equal(TimeSpan.FromSeconds(1), (await _world.ReconcileFunctionAsync()).RequeueAfter);
        Assert.Equal(["default-0 assigned fn"], await _world.WorkersAsync());

        _world.Time.Advance(TimeSpan.FromSeconds(1));
        await _world.ReconcileFunctionAsync();
        await _world.SettleFunctionAsync();

        Assert.Equal(["default-0 idle"], await _world.WorkersAsync());
        var pool = await _world.Client.GetAsync<WorkerPool>("default", OperatorWorld.Namespace);
        Assert.True(Assert.Single(await _world.PodsAsync()).IsOwnedBy(pool!));
        Assert.Equal(InferenceFunctionConditions.ScaledToZero, Condition(await _world.FunctionStatusAsync(), InferenceFunctionConditions.Ready).Reason);
        Assert.Equal(ConditionStatus.True, Condition(await _world.FunctionStatusAsync(), InferenceFunctionConditions.ModelLoaded).Status);
    }

    [Fact]
    public async Task Reconcile_KeepAliveOverAndRequestsRun_KeepsTheWorker()
    {
        await ServeAsync(new MakeFunction());
        _world.Time.Advance(TimeSpan.FromMinutes(10));
        _world.Report(1);

        await _world.SettleFunctionAsync();

        Assert.Equal(["default-0 assigned fn"], await _world.WorkersAsync());
    }

    [Fact]
    public async Task Reconcile_RestartedOperatorKnowsNoLoadYet_KeepsTheWorker()
    {
        await ServeAsync(new MakeFunction());
        _world.Time.Advance(TimeSpan.FromHours(1));
        await _world.RestartAsync();

        await _world.SettleFunctionAsync();

        Assert.Equal(["default-0 assigned fn"], await _world.WorkersAsync());
    }

    [Fact]
    public async Task Reconcile_CacheIsBehindARelease_IsNotReleasedAgainAndAgain()
    {
        await ServeAsync(new MakeFunction());
        await _world.PatchAsync<InferenceFunction>("fn", """{"spec":{"suspend":true}}""");
        await _world.ReconcileFunctionAsync();
        _world.Client.Writes.Clear();

        await ReconcileWhileWokenAsync();

        Assert.True(_world.Client.Writes.Count(w => w == "patch Pod default-0") <= 1, string.Join(", ", _world.Client.Writes));
    }

    [Fact]
    public async Task Reconcile_ReleaseIsRefused_IsTriedAgainWithBackOff()
    {
        await ServeAsync(new MakeFunction());
        await _world.PatchAsync<InferenceFunction>("fn", """{"spec":{"suspend":true}}""");
        _world.Client.Induce = write => write == "patch Pod default-0" ? new HttpRequestException("the API server is away") : null;
        await _world.ReconcileFunctionAsync();

        await ReconcileWhileWokenAsync();
        Assert.Single(_world.Client.Writes, w => w == "patch Pod default-0");

        _world.Client.Induce = _ => null;
        var isWoken = new TaskCompletionSource();
        _world.Life.FunctionController.Enqueue = _ => isWoken.TrySetResult();
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        await isWoken.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await _world.SettleFunctionAsync();
        Assert.Equal(["default-0 idle"], await _world.WorkersAsync());
    }

    [Theory]
    [InlineData(500, false)]
    [InlineData(409, false)]
    [InlineData(404, false)]
    [InlineData(0, true)]
    public async Task Reconcile_NoWorkerCanBeTaken_IsLeftToTheBackOffOfTheQueue(int code, bool isAway)
    {
        await _world.AddAsync(new MakePool().Build());
        await _world.AddAsync(new MakeFunction().Scale(1, 2).Build());
        _world.Client.Induce = write => !write.StartsWith("create Pod", StringComparison.Ordinal) ? null
            : isAway ? new HttpRequestException("the API server is away")
            : new KubernetesException(new V1Status { Status = "Failure", Code = code, Reason = "Refused", Message = "refused" });
        var isWoken = false;
        _world.Life.FunctionController.Enqueue = _ => isWoken = true;

        var result = await _world.ReconcileFunctionAsync();

        Assert.False(result.IsSuccess);
        Assert.False(isWoken);
    }

    [Fact]
    public async Task Reconcile_PoolNeverReuses_DeletesTheReleasedWorker()
    {
        await ServeAsync(new MakeFunction(), new MakePool().Warm(1).Reuse(ReusePolicy.Never));
        await _world.PatchAsync<InferenceFunction>("fn", """{"spec":{"suspend":true}}""");

        await _world.SettleFunctionAsync();

        Assert.Empty(await _world.WorkersAsync());
        Assert.Empty(_world.Control.Calls);
    }

    [Fact]
    public async Task Reconcile_Suspended_ReleasesAllAndSaysSo()
    {
        await ServeAsync(new MakeFunction().Scale(1, 2));
        await _world.PatchAsync<InferenceFunction>("fn", """{"spec":{"suspend":true}}""");

        await _world.SettleFunctionAsync();

        Assert.Equal(["default-0 idle"], await _world.WorkersAsync());
        var ready = Condition(await _world.FunctionStatusAsync(), InferenceFunctionConditions.Ready);
        Assert.Equal((ConditionStatus.False, InferenceFunctionConditions.Suspended), (ready.Status, ready.Reason));
    }

    [Fact]
    public async Task Reconcile_Load_ScalesUpAndDown()
    {
        await ServeAsync(new MakeFunction().Concurrency(10), new MakePool().Warm(3));
        _world.Report(40); // after an idle tick: 20 on average, at 7 a worker
        await _world.SettleFunctionAsync();
        Assert.Equal(3, await ServingAsync());

        _world.Report(5, ticks: 31);
        await _world.SettleFunctionAsync();
        Assert.Equal(1, await ServingAsync());
        Assert.Contains("default-0 assigned fn", await _world.WorkersAsync());
    }

    [Fact]
    public async Task Reconcile_BoundsChanged_LeavesServingWorkersAlone()
    {
        await ServeAsync(new MakeFunction(), new MakePool().Warm(2));
        await _world.PatchAsync<InferenceFunction>("fn", """{"spec":{"scale":{"min":1},"timeout":"5s"}}""");

        await _world.SettleFunctionAsync();

        Assert.Equal(["default-0 assigned fn", "default-1 idle"], await _world.WorkersAsync());
        Assert.Empty(_world.Control.Calls);
        Assert.Equal(2, (await _world.FunctionStatusAsync()).ObservedGeneration);
    }

    [Fact]
    public async Task Reconcile_ModelChangedInUse_ServesAnewBeforeTheOldGoes()
    {
        await ServeAsync(new MakeFunction(), new MakePool().Warm(2));
        _world.Report(1);
        await _world.PatchAsync<InferenceFunction>("fn", """{"spec":{"model":{"uri":"file:///models/v2.onnx"}}}""");
        var servingAtAssign = -1;
        _world.Control.OnAssign = () => servingAtAssign = ServingAsync().GetAwaiter().GetResult();

        await _world.SettleFunctionAsync();

        Assert.Equal(1, servingAtAssign);
        _world.Report(1, ticks: 31);
        await _world.SettleFunctionAsync();
        Assert.Equal(["default-0 idle", "default-1 assigned fn"], await _world.WorkersAsync());
        Assert.Equal(["assign default-1 generation 2", "reset default-0"], _world.Control.Calls);
    }

    [Fact]
    public async Task Reconcile_OperatorDiedBetweenClaimAndAssign_GoesOn()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(1));
        await _world.AddAsync(new MakeFunction().Scale(1, 1).Build());
        await _world.ReconcileFunctionAsync();
        Assert.Equal(["default-0 claimed fn"], await _world.WorkersAsync());

        await _world.RestartAsync();
        await _world.SettleFunctionAsync();

        Assert.Equal(["default-0 assigned fn"], await _world.WorkersAsync());
    }

    [Fact]
    public async Task Reconcile_GatewayDiedBetweenClaimAndAssign_TakesOver()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(1));
        await _world.AddAsync(new MakeFunction().Build());
        await _world.MarkWorkerAsync("default-0", WorkerState.Claimed);
        Assert.Equal(TimeSpan.FromSeconds(30), (await _world.ReconcileFunctionAsync()).RequeueAfter);
        Assert.Equal(["default-0 claimed fn"], await _world.WorkersAsync());

        _world.Time.Advance(TimeSpan.FromSeconds(30));
        await _world.SettleFunctionAsync();

        Assert.Equal(["default-0 assigned fn"], await _world.WorkersAsync());
    }

    [Fact]
    public async Task Reconcile_ReleaseBrokenOff_GoesOn()
    {
        await ServeAsync(new MakeFunction());
        await _world.MarkWorkerAsync("default-0", WorkerState.Draining);

        await _world.SettleFunctionAsync();

        Assert.Equal(["default-0 idle"], await _world.WorkersAsync());
    }

    [Fact]
    public async Task Reconcile_OneWorkerCannotBeAdopted_TheOthersAre()
    {
        await ServeAsync(new MakeFunction().Scale(2, 3), new MakePool().Warm(2), isAdopted: false);
        _world.Client.Induce = write => write == "patch Pod default-0" ? new HttpRequestException("broken") : null;

        var result = await _world.ReconcileFunctionAsync();

        Assert.False(result.IsSuccess);
        var function = await _world.Client.GetAsync<InferenceFunction>("fn", OperatorWorld.Namespace);
        Assert.Equal([false, true], (await _world.PodsAsync()).Select(p => p.IsOwnedBy(function!)));
        Assert.Equal(2, function!.Status!.Replicas.Ready);
    }

    [Theory]
    [InlineData(KeepAlivePolicy.Fixed, 60)]
    [InlineData(KeepAlivePolicy.Adaptive, 60)] // nothing known yet: the duration
    [InlineData(KeepAlivePolicy.Histogram, 4 * 3600)] // its range
    public async Task Reconcile_KeepAlivePolicy_IsTheOneTheFunctionNames(KeepAlivePolicy policy, int seconds)
    {
        await ServeAsync(new MakeFunction().KeepAlive(TimeSpan.FromSeconds(60), policy));
        _world.Time.Advance(TimeSpan.FromSeconds(seconds - 1));
        _world.Report(0, idle: TimeSpan.FromSeconds(seconds - 1));
        await _world.SettleFunctionAsync();
        Assert.Equal(["default-0 assigned fn"], await _world.WorkersAsync());

        _world.Time.Advance(TimeSpan.FromSeconds(1));
        _world.Report(0, idle: TimeSpan.FromSeconds(seconds));
        await _world.ReconcileFunctionAsync();
        await _world.SettleFunctionAsync();

        Assert.Equal(["default-0 idle"], await _world.WorkersAsync());
    }

    [Fact]
    public async Task Reconcile_AdaptiveAndShortIdleTimes_StaysNoLongerThanTheyTell()
    {
        await ServeAsync(new MakeFunction().KeepAlive(TimeSpan.FromHours(1), KeepAlivePolicy.Adaptive));
        for (var i = 0; i < 20; i++)
        {
            _world.Time.Advance(TimeSpan.FromSeconds(20));
            _world.Report(0, idle: TimeSpan.FromSeconds(0));
            await _world.ReconcileFunctionAsync();
        }

        _world.Time.Advance(TimeSpan.FromSeconds(25));
        _world.Report(0, idle: TimeSpan.FromSeconds(25));
        await _world.ReconcileFunctionAsync();
        await _world.SettleFunctionAsync();

        Assert.Equal(["default-0 idle"], await _world.WorkersAsync());
    }

    [Fact]
    public async Task Reconcile_FunctionIsBeingDeleted_DoesNothing()
    {
        await ServeAsync(new MakeFunction());
        await _world.PatchAsync<InferenceFunction>("fn", """{"metadata":{"finalizers":["example.com/hold"]}}""");
        await _world.DeleteAsync<InferenceFunction>("fn");
        _world.Client.Writes.Clear();

        await _world.ReconcileFunctionAsync();

        Assert.Empty(_world.Client.Writes);
    }

    private static V1Condition Condition(InferenceFunctionStatus status, string type) => OperatorWorld.Condition(status.Conditions, type);

    /// <summary>Reconciles from an old view for as long as the controller wakes itself, 50 times at most.</summary>
    private async Task ReconcileWhileWokenAsync()
    {
        var isWoken = true;
        _world.Life.FunctionController.Enqueue = _ => isWoken = true;
        for (var i = 0; isWoken && i < 50; i++)
        {
            isWoken = false;
            await _world.ReconcileFunctionAsync(isStale: true);
        }
    }

    private async Task<int> ServingAsync() => (await _world.WorkersAsync()).Count(w => w.EndsWith("assigned fn", StringComparison.Ordinal));

    /// <summary>A pool and a function with as many serving workers as the pool had.</summary>
    private async Task ServeAsync(MakeFunction function, MakePool? pool = null, bool isAdopted = true)
    {
        await _world.AddWarmPoolAsync(pool ?? new MakePool().Warm(1));
        await _world.AddAsync(function.Build());
        var isPair = function.Build().Spec.Scale.Min == 2;
        foreach (var pod in (await _world.PodsAsync()).Take(isPair ? 2 : 1))
            await _world.MarkWorkerAsync(pod.Name(), WorkerState.Assigned);
        _world.Report(0);
        if (isAdopted)
            await _world.SettleFunctionAsync();
        _world.Client.Writes.Clear();
    }
}
