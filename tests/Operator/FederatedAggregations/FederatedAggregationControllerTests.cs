using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Operator.FederatedAggregations;
using Hearth.Testing;

namespace Hearth.Operator.Tests.FederatedAggregations;

public sealed class FederatedAggregationControllerTests : IAsyncLifetime
{
    private OperatorWorld _world = null!;

    /// <summary>What the aggregator answers now.</summary>
    private FederationProgress _progress = new() { Round = 1, Phase = RoundPhase.Selecting };
    private AssignmentState _state = AssignmentState.Running;

    public async Task InitializeAsync()
    {
        _world = await OperatorWorld.StartAsync();
        _world.Control.Progress = pod => Line(pod, _state);
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Reconcile_WarmPool_AssignsOneAggregator()
    {
        await ServeAsync();

        Assert.Equal(["default-0 assigned fa"], await _world.WorkersAsync());
        Assert.Equal("FederatedAggregation", (await _world.PodsAsync())[0].GetController()!.Kind);
        Assert.Equal(["assign default-0 generation 1"], _world.Control.Calls);
        var status = await _world.FederationStatusAsync();
        Assert.Equal((1, RoundPhase.Selecting, "default-0", 0), (status.Round, status.Phase, status.Worker, status.Restarts));
        AssertSucceeded(status, ConditionStatus.Unknown, FederatedAggregationConditions.WaitingForClients, "Round 1 of 10 waits for clients: 0 of at least 2");
        Assert.Equal(ConditionStatus.True, AggregatorReady(status).Status);
    }

    [Fact]
    public async Task Reconcile_EmptyPool_MakesAPod()
    {
        await _world.AddAsync(new MakePool().Warm(0).Build());
        await _world.AddAsync(new MakeFederation().Build());
        await _world.SettleFederationAsync();
        AssertSucceeded(await _world.FederationStatusAsync(), ConditionStatus.Unknown, FederatedAggregationConditions.Starting, "starts and reads");

        await _world.ReadyAllAsync();
        await _world.SettleFederationAsync();

        var pod = Assert.Single(await _world.PodsAsync());
        Assert.StartsWith("fa-", pod.Name(), StringComparison.Ordinal);
        Assert.Equal(WorkerState.Assigned, pod.State());
    }

    [Fact]
    public async Task Reconcile_NothingChanges_WritesNothing()
    {
        await ServeAsync();
        _world.Client.Writes.Clear();

        var result = await _world.ReconcileFederationAsync();

        Assert.Empty(_world.Client.Writes);
        Assert.Equal(FederationPlanner.AskEvery, result.RequeueAfter);
    }

    [Fact]
    public async Task Reconcile_Progress_IsTold()
    {
        await ServeAsync();
        _progress = new()
        {
            Round = 3,
            Phase = RoundPhase.Collecting,
            Clients = 5,
            Received = 12,
            Folded = 10,
            Rejected = 1,
            LastRefusal = "round 3, client 'a': no.",
            ModelVersion = 2,
            ModelDigest = "abc",
        };

        await _world.ReconcileFederationAsync();

        var status = await _world.FederationStatusAsync();
        Assert.Equal((3, RoundPhase.Collecting, 5), (status.Round, status.Phase, status.Clients));
        Assert.Equal(new UpdateCounts { Received = 12, Folded = 10, Rejected = 1, LastRefusal = "round 3, client 'a': no." }, status.Updates);
        Assert.Equal(new FederatedModel { Version = 2, Digest = "abc", Uri = "file:///federations/fa/models/2/model.json" }, status.Model);
        AssertSucceeded(status, ConditionStatus.Unknown, FederatedAggregationConditions.Running, "Round 3 of 10: Collecting.");
        Assert.Contains("RoundPublished: Round 2 of 10 is published: 10 updates folded so far", _world.Events);
    }

    [Fact]
    public async Task Reconcile_Succeeded_LingersThenReturnsTheWorker()
    {
        await ServeAsync();
        await SucceedAsync();
        Assert.Equal(["default-0 assigned fa"], await _world.WorkersAsync());

        _world.Time.Advance(FederationPlanner.LingerFor);
        await _world.SettleFederationAsync();

        Assert.Equal(["default-0 idle"], await _world.WorkersAsync());
        var status = await _world.FederationStatusAsync();
        AssertSucceeded(status, ConditionStatus.True, FederatedAggregationConditions.Completed, "10 rounds are published. The model is file:///federations/fa/model.json");
        Assert.Equal((FederatedAggregationConditions.Completed, null, 0), (AggregatorReady(status).Reason, status.Worker, status.Restarts));
    }

    [Fact]
    public async Task Reconcile_OperatorKilledWhileLingering_ReleasesAllTheSame()
    {
        await ServeAsync();
        await SucceedAsync();

        await _world.RestartAsync();
        _world.Time.Advance(FederationPlanner.LingerFor);
        await _world.SettleFederationAsync();

        Assert.Equal(["default-0 idle"], await _world.WorkersAsync());
        Assert.Equal(ConditionStatus.True, Succeeded(await _world.FederationStatusAsync()).Status);
    }

    [Fact]
    public async Task Reconcile_ProcessStartedAnew_TakesAnotherAndCounts()
    {
        await ServeAsync();
        _progress = new() { Round = 2, Phase = RoundPhase.Collecting, Received = 3, ModelVersion = 1 };
        await _world.ReconcileFederationAsync();

        _world.Control.Progress = _ => null;
        await _world.ReconcileFederationAsync();
        var lost = await _world.FederationStatusAsync();
        Assert.Equal((2, 3, 1, null), (lost.Round, lost.Updates.Received, lost.Restarts, lost.Worker));
        AssertSucceeded(lost, ConditionStatus.Unknown, FederatedAggregationConditions.AggregatorLost, "was started anew. Another aggregator is taken at");
        Assert.Single(_world.Events, e => e.StartsWith("!AggregatorLost", StringComparison.Ordinal));

        _world.Control.Progress = pod => Line(pod, _state);
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        await _world.SettleFederationAsync();

        var status = await _world.FederationStatusAsync();
        Assert.Equal(("default-0", 1), (status.Worker, status.Restarts));
        Assert.Equal(["assign default-0 generation 1", "reset default-0", "assign default-0 generation 1"], _world.Control.Calls);
    }

    [Fact]
    public async Task Reconcile_LostAgainAndAgain_WaitsLongerEachTime()
    {
        await ServeAsync();
        var waits = new List<TimeSpan?>();
        for (var i = 0; i < 4; i++)
        {
            _world.Control.Progress = _ => null;
            await _world.ReconcileFederationAsync();
            var wait = (await _world.ReconcileFederationAsync()).RequeueAfter;
            waits.Add(wait);
            _world.Control.Progress = pod => Line(pod, _state);
            _world.Time.Advance(wait!.Value);
            await _world.SettleFederationAsync();
        }

        Assert.Equal([1, 2, 4, 8], waits.Select(w => (int)w!.Value.TotalSeconds));
        Assert.Equal(4, (await _world.FederationStatusAsync()).Restarts);
    }

    [Fact]
    public async Task Reconcile_NoAnswer_IsLostAfterAWhileOnly()
    {
        await ServeAsync();
        _world.Control.Progress = _ => throw new HttpRequestException("connection refused");
        await _world.ReconcileFederationAsync();
        var silent = await _world.FederationStatusAsync();
        Assert.Equal(("default-0", FederatedAggregationConditions.NotAnswering), (silent.Worker, AggregatorReady(silent).Reason));

        _world.Time.Advance(AggregatorReader.LostAfter);
        await _world.ReconcileFederationAsync();

        Assert.Equal((null, 1), ((await _world.FederationStatusAsync()).Worker, (await _world.FederationStatusAsync()).Restarts));
        // It is not asked to reset, which it would not answer either.
        Assert.DoesNotContain("reset default-0", _world.Control.Calls);
        Assert.DoesNotContain(await _world.PodsAsync(), p => !p.IsDeleting());
    }

    [Fact]
    public async Task Reconcile_PodDeleted_TakesAnother()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(2));
        await _world.AddAsync(new MakeFederation().Build());
        await _world.SettleFederationAsync();
        var first = (await _world.FederationStatusAsync()).Worker!;

        await _world.DeleteAsync<V1Pod>(first);
        await _world.SettleFederationAsync();

        var status = await _world.FederationStatusAsync();
        Assert.Equal(1, status.Restarts);
        Assert.Equal([$"{status.Worker} assigned fa"], await _world.WorkersAsync());
    }

    [Fact]
    public async Task Reconcile_FinalFailure_TellsWhyAndWaitsForANewSpec()
    {
        _world.Control.End = new() { State = AssignmentState.Failed, Failure = new("OutputOfAnother", "the directory is that of another federation") };
        await ServeAsync();

        AssertSucceeded(await _world.FederationStatusAsync(), ConditionStatus.False, "OutputOfAnother", "the directory is that of another federation");
        Assert.Contains("!OutputOfAnother: the directory is that of another federation", _world.Events);
        Assert.Equal(["default-0 idle"], await _world.WorkersAsync());
        await _world.RestartAsync();
        _world.Time.Advance(TimeSpan.FromHours(1));
        await _world.SettleFederationAsync();
        Assert.Single(_world.Control.Calls, c => c.StartsWith("assign", StringComparison.Ordinal));

        _world.Control.End = new() { State = AssignmentState.Ready };
        await _world.PatchAsync<FederatedAggregation>("fa", """{"spec":{"rounds":11}}""");
        await _world.SettleFederationAsync();
        Assert.Equal(["default-0 assigned fa"], await _world.WorkersAsync());
    }

    [Fact]
    public async Task Reconcile_RetriableFailure_IsTriedAgain()
    {
        _world.Control.End = new() { State = AssignmentState.Failed, Failure = new("ArtifactUnavailable", "the disk is full", Retriable: true) };
        await ServeAsync();
        AssertSucceeded(
            await _world.FederationStatusAsync(), ConditionStatus.Unknown, FederatedAggregationConditions.AggregatorLost, "ArtifactUnavailable: the disk is full. Another");

        _world.Control.End = new() { State = AssignmentState.Ready };
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        await _world.SettleFederationAsync();

        Assert.Equal(["default-0 assigned fa"], await _world.WorkersAsync());
    }

    [Fact]
    public async Task Reconcile_SuspendedAndResumed_ReleasesAndGoesOn()
    {
        await ServeAsync();
        await _world.PatchAsync<FederatedAggregation>("fa", """{"spec":{"suspend":true}}""");
        await _world.SettleFederationAsync();
        Assert.Equal(["default-0 idle"], await _world.WorkersAsync());
        AssertSucceeded(await _world.FederationStatusAsync(), ConditionStatus.Unknown, FederatedAggregationConditions.Suspended, "spec.suspend is true.");

        await _world.PatchAsync<FederatedAggregation>("fa", """{"spec":{"suspend":false}}""");
        await _world.SettleFederationAsync();

        var status = await _world.FederationStatusAsync();
        Assert.Equal(("default-0", 0), (status.Worker, status.Restarts));
    }

    [Fact]
    public async Task Reconcile_SpecChanged_ReplacesTheAggregator()
    {
        await ServeAsync();

        await _world.PatchAsync<FederatedAggregation>("fa", """{"spec":{"rounds":20}}""");
        await _world.SettleFederationAsync();

        Assert.Equal(["assign default-0 generation 1", "reset default-0", "assign default-0 generation 2"], _world.Control.Calls);
        Assert.Equal(0, (await _world.FederationStatusAsync()).Restarts);
    }

    [Fact]
    public async Task Reconcile_NoPool_SaysHowToMakeOne()
    {
        await _world.AddAsync(new MakeFederation().Pool("absent").Build());
        await _world.SettleFederationAsync();

        var status = await _world.FederationStatusAsync();
        AssertSucceeded(status, ConditionStatus.Unknown, FederatedAggregationConditions.PoolNotFound, "There is no WorkerPool \"absent\" in namespace \"default\"");
        Assert.Contains(_world.Events, e => e.StartsWith("!PoolNotFound", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reconcile_InvalidSpec_NamesEveryFault()
    {
        await _world.AddAsync(new MakeFederation().Build());
        await _world.Life.RefreshAsync(_world.Client);
        var federation = _world.Life.Federations.Get("fa", OperatorWorld.Namespace)!;
        (federation.Spec.Architecture, federation.Spec.Clients.MaxPerRound) = (null, 1);

        await _world.ReconcileFederationAsync(isStale: true);

        AssertSucceeded(
            await _world.FederationStatusAsync(), ConditionStatus.False, FederatedAggregationConditions.InvalidSpec,
            "spec: exactly one of model and architecture must be given; spec.clients.maxPerRound: must not be below minPerRound");
    }

    [Fact]
    public async Task Reconcile_StaleCacheAfterTheClaim_TakesNoSecondWorker()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(2));
        await _world.AddAsync(new MakeFederation().Build());

        await _world.ReconcileFederationAsync();
        await _world.ReconcileFederationAsync(isStale: true);
        await _world.ReconcileFederationAsync(isStale: true);

        Assert.Single(await _world.WorkersAsync(), w => w.EndsWith(" fa", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reconcile_OperatorKilledAfterTheClaim_AssignsTheClaimedWorker()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(2));
        await _world.AddAsync(new MakeFederation().Build());
        await _world.ReconcileFederationAsync();
        Assert.Single(await _world.WorkersAsync(), w => w.Contains("claimed", StringComparison.Ordinal));

        await _world.RestartAsync();
        await _world.SettleFederationAsync();

        Assert.Single(_world.Control.Calls);
        Assert.Single(await _world.WorkersAsync(), w => w.EndsWith("assigned fa", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reconcile_StatusCannotBeWritten_KeepsTheFailedWorker()
    {
        _world.Control.End = new() { State = AssignmentState.Failed, Failure = new("InvalidModel", "broken") };
        await _world.AddWarmPoolAsync(new MakePool().Warm(1));
        await _world.AddAsync(new MakeFederation().Build());
        await _world.ReconcileFederationAsync();
        await _world.ReconcileFederationAsync();
        _world.Client.Induce = write => write.EndsWith("/status", StringComparison.Ordinal) ? new HttpRequestException("down") : null;

        var result = await _world.ReconcileFederationAsync();

        Assert.False(result.IsSuccess);
        Assert.Equal(["default-0 failed fa"], await _world.WorkersAsync());
    }

    [Fact]
    public async Task Delete_Federation_ItsWorkerGoesAndThePoolRefills()
    {
        await ServeAsync();
        await _world.DeleteAsync<FederatedAggregation>("fa");

        _world.Time.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 3; i++)
            await _world.ReconcilePoolAsync("default");

        Assert.DoesNotContain(await _world.WorkersAsync(), w => w.EndsWith(" fa", StringComparison.Ordinal));
    }

    private async Task ServeAsync()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(1));
        await _world.AddAsync(new MakeFederation().Build());
        await _world.SettleFederationAsync();
    }

    private async Task SucceedAsync()
    {
        _state = AssignmentState.Succeeded;
        _progress = new() { Round = 10, Phase = RoundPhase.Published, ModelVersion = 10 };
        await _world.SettleFederationAsync();
    }

    private AssignmentProgress Line(V1Pod pod, AssignmentState state) =>
        new() { Id = pod.GetAnnotation(HearthAnnotations.Assignment)!, State = state, Federation = _progress };

    private static V1Condition Succeeded(FederatedAggregationStatus status) =>
        OperatorWorld.Condition(status.Conditions, FederatedAggregationConditions.Succeeded);

    private static V1Condition AggregatorReady(FederatedAggregationStatus status) =>
        OperatorWorld.Condition(status.Conditions, FederatedAggregationConditions.AggregatorReady);

    private static void AssertSucceeded(FederatedAggregationStatus status, string expected, string reason, string message)
    {
        var condition = Succeeded(status);
        Assert.Equal((expected, reason), (condition.Status, condition.Reason));
        Assert.Contains(message, condition.Message, StringComparison.Ordinal);
    }
}
