using Hearth.Api.Apps;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Policies.Pods;
using Hearth.Policies.Revisions;
using Hearth.Testing;

namespace Hearth.Operator.Tests.InferenceFunctions;

/// <summary>Updates of a function, from the new spec to the last old worker.</summary>
public sealed class RolloutTests : IAsyncLifetime
{
    private const string V2 = """{"spec":{"model":{"uri":"file:///models/v2.onnx"}}}""";
    private const string V1 = """{"spec":{"model":{"uri":"file:///models/model.onnx"}}}""";
    private static readonly string First = NameOf("file:///models/model.onnx");
    private static readonly string Second = NameOf("file:///models/v2.onnx");

    private OperatorWorld _world = null!;

    public async Task InitializeAsync() => _world = await OperatorWorld.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Reconcile_FunctionWithoutAWorkerEver_StoresNoRevision()
    {
        await _world.AddWarmPoolAsync(new MakePool().Warm(1));
        await _world.AddAsync(new MakeFunction().Build());

        await _world.SettleFunctionAsync();

        Assert.Empty(await RevisionsAsync());
        Assert.Equal(First, (await _world.FunctionStatusAsync()).LatestCreatedRevision);
    }

    [Fact]
    public async Task Reconcile_Serving_StoresItsRevisionOnceAndTellsTheTraffic()
    {
        await ServeAsync(new MakePool().Warm(1));

        Assert.Equal([$"{First} 1"], await RevisionsAsync());
        var status = await _world.FunctionStatusAsync();
        Assert.Equal((First, First, $"{First} 100%"), (status.LatestCreatedRevision, status.LatestReadyRevision, status.TrafficSummary));
        Assert.Equal([new TrafficStatus { Revision = First, Latest = true, Percent = 100 }], status.Traffic);
        Assert.Equal(ConditionStatus.True, Condition(status, InferenceFunctionConditions.RolledOut).Status);
    }

    [Fact]
    public async Task Reconcile_ModelChanged_WarmsThenMovesThenLetsTheOldGo()
    {
        await ServeAsync(new MakePool().Warm(2));
        await _world.PatchAsync<InferenceFunction>("fn", V2);

        await _world.ReconcileFunctionAsync();
        var warming = await _world.FunctionStatusAsync();
        Assert.Equal((First, $"{First} 100% ({Second} starts)"), (warming.LatestReadyRevision, warming.TrafficSummary));
        Assert.Equal((ConditionStatus.False, InferenceFunctionConditions.Warming), StatusOf(warming, InferenceFunctionConditions.RolledOut));
        Assert.Equal((ConditionStatus.True, InferenceFunctionConditions.Serving), StatusOf(warming, InferenceFunctionConditions.Ready));

        await _world.SettleFunctionAsync();
        var moved = await _world.FunctionStatusAsync();
        Assert.Equal((Second, $"{Second} 100%"), (moved.LatestReadyRevision, moved.TrafficSummary));
        Assert.Equal([$"{First} 1", $"{Second} 2"], await RevisionsAsync());
        Assert.Equal(["default-0 assigned fn", "default-1 assigned fn"], await _world.WorkersAsync());

        _world.Report(1, ticks: 31);
        await _world.SettleFunctionAsync();
        Assert.Equal(["default-0 idle", "default-1 assigned fn"], await _world.WorkersAsync());
    }

    [Fact]
    public async Task Reconcile_SpecSetBack_MovesTheTrafficInOneReconcileWhileTheOldLingers()
    {
        await ServeAsync(new MakePool().Warm(2));
        await _world.PatchAsync<InferenceFunction>("fn", V2);
        await _world.SettleFunctionAsync();
        _world.Control.Calls.Clear();

        await _world.PatchAsync<InferenceFunction>("fn", V1);
        await _world.ReconcileFunctionAsync();

        Assert.Equal(First, (await _world.FunctionStatusAsync()).LatestReadyRevision);
        Assert.Equal([$"{Second} 2", $"{First} 3"], await RevisionsAsync());
        Assert.DoesNotContain(_world.Control.Calls, call => call.StartsWith("assign", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reconcile_TrafficSplit_HasBothServeAndTellsTheShares()
    {
        await ServeAsync(new MakePool().Warm(2));
        await _world.PatchAsync<InferenceFunction>("fn", $$$"""{"spec":{"model":{"uri":"file:///models/v2.onnx"},"traffic":[{"revision":"{{{First}}}","percent":90},{"latest":true,"percent":10}]}}""");

        await _world.SettleFunctionAsync();

        var status = await _world.FunctionStatusAsync();
        Assert.Equal($"{First} 90%, {Second} 10%", status.TrafficSummary);
        Assert.Equal(["default-0 assigned fn", "default-1 assigned fn"], await _world.WorkersAsync());
        // Neither goes when its keep-alive would be over were it unused.
        _world.Report(1, ticks: 40);
        await _world.SettleFunctionAsync();
        Assert.Equal(["default-0 assigned fn", "default-1 assigned fn"], await _world.WorkersAsync());
    }

    [Fact]
    public async Task Reconcile_NewModelDoesNotLoad_KeepsTheTrafficAndSaysWhy()
    {
        await ServeAsync(new MakePool().Warm(2));
        _world.Control.End = new() { State = AssignmentState.Failed, Failure = new(AssignmentFailureReason.InvalidModel, "no model") };
        await _world.PatchAsync<InferenceFunction>("fn", V2);

        await _world.SettleFunctionAsync();

        var status = await _world.FunctionStatusAsync();
        Assert.Equal((ConditionStatus.False, InferenceFunctionConditions.RevisionFailed), StatusOf(status, InferenceFunctionConditions.RolledOut));
        Assert.Equal((ConditionStatus.False, AssignmentFailureReason.InvalidModel), StatusOf(status, InferenceFunctionConditions.ModelLoaded));
        Assert.Equal((ConditionStatus.True, InferenceFunctionConditions.Serving), StatusOf(status, InferenceFunctionConditions.Ready));
        Assert.Equal((First, $"{First} 100% ({Second} fails)"), (status.LatestReadyRevision, status.TrafficSummary));
        Assert.Contains("default-0 assigned fn", await _world.WorkersAsync());

        // It is told from the status after a restart, with no worker left of either.
        await _world.RestartAsync();
        await _world.PatchAsync<InferenceFunction>("fn", """{"spec":{"suspend":true}}""");
        await _world.SettleFunctionAsync();
        Assert.Equal(First, Assert.Single((await _world.FunctionStatusAsync()).Traffic!).Revision);
    }

    [Fact]
    public async Task Reconcile_TrafficNamesNoRevision_SaysSoAndServes()
    {
        await ServeAsync(new MakePool().Warm(1));
        await _world.PatchAsync<InferenceFunction>("fn", """{"spec":{"traffic":[{"revision":"fn-0000000000"}]}}""");

        await _world.SettleFunctionAsync();

        var rolledOut = Condition(await _world.FunctionStatusAsync(), InferenceFunctionConditions.RolledOut);
        Assert.Equal((ConditionStatus.False, InferenceFunctionConditions.RevisionNotFound), (rolledOut.Status, rolledOut.Reason));
        Assert.Contains("kubectl get controllerrevisions -l hearth.dev/function=fn", rolledOut.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reconcile_NoGpuForASecondWorker_RecreatesAndSaysSo()
    {
        await ServeAsync(new MakePool().Warm(1).Resources(new() { Gpu = 1 }));
        await _world.PatchAsync<InferenceFunction>("fn", V2);
        await _world.ReconcileFunctionAsync();
        var pending = Assert.Single(await _world.PodsAsync(), p => p.Name() != "default-0");
        await _world.SetStatusAsync(pending, new()
        {
            Phase = "Pending",
            Conditions = [new() { Type = "PodScheduled", Status = ConditionStatus.False, Reason = "Unschedulable", Message = "0/1 nodes are available: 1 Insufficient nvidia.com/gpu." }],
        });

        await _world.SettleFunctionAsync();
        Assert.Contains("default-0 idle", await _world.WorkersAsync());
        Assert.Contains(_world.Events, e => e.StartsWith("Recreating: No node has a GPU", StringComparison.Ordinal));

        await _world.SetStatusAsync(pending, new() { Phase = "Running", PodIP = "127.0.0.1", Conditions = [new() { Type = "Ready", Status = ConditionStatus.True }] });
        await _world.SettleFunctionAsync();
        Assert.Equal(Second, (await _world.FunctionStatusAsync()).LatestReadyRevision);
    }

    [Fact]
    public async Task Reconcile_OperatorRestartsWithinARollout_AdoptsWhatWasClaimedAndGoesOn()
    {
        await ServeAsync(new MakePool().Warm(2));
        await _world.PatchAsync<InferenceFunction>("fn", V2);
        await _world.ReconcileFunctionAsync();
        Assert.Contains("default-1 claimed fn", await _world.WorkersAsync());

        await _world.RestartAsync();
        await _world.SettleFunctionAsync();

        Assert.Equal(Second, (await _world.FunctionStatusAsync()).LatestReadyRevision);
        var function = (await _world.Client.GetAsync<InferenceFunction>("fn", OperatorWorld.Namespace))!;
        Assert.True((await _world.PodsAsync()).Single(p => p.Name() == "default-1").IsOwnedBy(function));
        Assert.Equal(2, (await _world.PodsAsync()).Count);
    }

    [Fact]
    public async Task Reconcile_ManyRevisions_KeepsTheLimitAndWhatIsUsed()
    {
        await ServeAsync(new MakePool().Warm(2));
        await _world.PatchAsync<InferenceFunction>("fn", $$$"""{"spec":{"revisionHistoryLimit":1,"traffic":[{"revision":"{{{First}}}"}]}}""");
        foreach (var i in Enumerable.Range(2, 4))
        {
            await _world.PatchAsync<InferenceFunction>("fn", $$$$"""{"spec":{"model":{"uri":"file:///models/v{{{{i}}}}.onnx"}}}""");
            await _world.SettleFunctionAsync();
        }

        // The one with the traffic, one of the history, the latest.
        Assert.Equal([$"{First} 1", $"{NameOf("file:///models/v4.onnx")} 4", $"{NameOf("file:///models/v5.onnx")} 5"], await RevisionsAsync());
    }

    [Fact]
    public async Task Reconcile_FunctionGoes_ItsRevisionsAreItsOwn()
    {
        await ServeAsync(new MakePool().Warm(1));
        var function = (await _world.Client.GetAsync<InferenceFunction>("fn", OperatorWorld.Namespace))!;

        Assert.All((await _world.Client.ListAsync<V1ControllerRevision>(OperatorWorld.Namespace)).Items, revision => Assert.True(revision.IsOwnedBy(function)));
    }

    private async Task ServeAsync(MakePool pool)
    {
        await _world.AddWarmPoolAsync(pool);
        await _world.AddAsync(new MakeFunction().Build());
        await _world.MarkWorkerAsync("default-0", WorkerState.Assigned);
        _world.Report(1);
        await _world.SettleFunctionAsync();
    }

    private async Task<IEnumerable<string>> RevisionsAsync() =>
        (await _world.Client.ListAsync<V1ControllerRevision>(OperatorWorld.Namespace)).Items.OrderBy(r => r.Revision).Select(r => $"{r.Name()} {r.Revision}");

    private static string NameOf(string uri)
    {
        var function = new MakeFunction().Build();
        function.Spec.Model = new() { Uri = uri };
        return StoredRevision.NameOf("fn", FunctionHash.Of(function.Spec));
    }

    private static V1Condition Condition(InferenceFunctionStatus status, string type) => OperatorWorld.Condition(status.Conditions, type);

    private static (string, string) StatusOf(InferenceFunctionStatus status, string type) => (Condition(status, type).Status, Condition(status, type).Reason);
}
