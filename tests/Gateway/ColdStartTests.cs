using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Policies.Pods;
using Hearth.Policies.Revisions;
using Hearth.Testing;

namespace Hearth.Gateway.Tests;

/// <summary>From zero to the first byte, with whole gateways on an API server in memory.</summary>
public sealed class ColdStartTests : IAsyncLifetime
{
    private GatewayWorld _world = null!;

    public async Task InitializeAsync() => _world = await GatewayWorld.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Invoke_WarmPool_ClaimsAndTellsWhereTheTimeWent()
    {
        await _world.AddIdleAsync(1);
        var gateway = await _world.StartGatewayAsync();
        await _world.AddFunctionAsync(new MakeFunction().Build(), gateway);

        using var cold = await gateway.InvokeAsync();
        using var warm = await gateway.InvokeAsync();

        Assert.Equal(HttpStatusCode.OK, cold.StatusCode);
        Assert.Equal(["pool"], cold.Headers.GetValues("Hearth-Cold-Start"));
        Assert.Matches(
            @"^podAllocation;dur=[0-9.]+, deployCode;dur=0\.02, deployDependency;dur=0\.03, scheduling;dur=[0-9.]+, total;dur=[0-9.]+$",
            cold.Headers.GetValues("Server-Timing").Single());
        Assert.False(warm.Headers.Contains("Hearth-Cold-Start"));
        var pods = await _world.WaitForPodsAsync(all => all.All(pod => pod.State() == WorkerState.Assigned));
        var record = JsonSerializer.Deserialize(pods[0].GetAnnotation(HearthAnnotations.ColdStart)!, ApiJsonContext.Default.ColdStart)!;
        Assert.Equal(ColdStartPath.Pool, record.Path);
        Assert.Equal(TimeSpan.FromMicroseconds(30), record.DeployDependency);
        Assert.Equal("fn", pods[0].GetLabel(HearthLabels.Function));
        Assert.Empty(_world.Created);
    }

    [Fact]
    public async Task Invoke_NewRevisionDoesNotLoadFromZero_TheLastReadyOneTakesTheCall()
    {
        var workers = await _world.AddIdleAsync(3);
        foreach (var worker in workers)
        {
            worker.Load = (assignment, _) => Task.FromResult(assignment.Model!.Uri.EndsWith("bad.onnx", StringComparison.Ordinal)
                ? FakeWorker.FailedLine(assignment, AssignmentFailureReason.InvalidModel, "no model")
                : FakeWorker.ReadyLine(assignment));
        }
        var good = await _world.Client.CreateAsync(new MakeFunction().Build());
        var (hash, bad) = (FunctionHash.Of(good.Spec), good.Spec with { Model = new() { Uri = "file:///bad.onnx" } });
        await _world.Client.CreateAsync(StoredRevision.Make(good, hash, 1));
        await _world.Client.PatchAsync<InferenceFunction>("fn", MakeFunction.DefaultNamespace, new(JsonNode.Parse("""{"spec":{"model":{"uri":"file:///bad.onnx"}}}""")!));
        await _world.Client.PatchAsync<InferenceFunction>(
            "fn", MakeFunction.DefaultNamespace, new(JsonNode.Parse($$$"""{"status":{"latestReadyRevision":"fn-{{{hash}}}"}}""")!), "status");
        var gateway = await _world.StartGatewayAsync();

        using var answer = await gateway.InvokeAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal([$"fn-{hash}"], answer.Headers.GetValues(HearthHeaders.Revision));
        using var named = await gateway.InvokeRevisionAsync(StoredRevision.NameOf("fn", FunctionHash.Of(bad)));
        Assert.Equal((HttpStatusCode.BadGateway, "ERR_ACTIVATION_FAILED"), (named.StatusCode, (await GatewayClient.ReadErrorAsync(named)).Code));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(50, 4)]
    public async Task Invoke_TwoHundredCallersAtOnce_ActivateWhatTheyNeedAndNoneFails(int concurrency, int workersNeeded)
    {
        var workers = await _world.AddIdleAsync(6);
        var gateway = await _world.StartGatewayAsync();
        var arrived = 0;
        var allArrived = new TaskCompletionSource();
        foreach (var worker in workers)
        {
            // Nothing is ready before all have come, so that every caller is a cold one.
            worker.Load = async (assignment, _) =>
            {
                await allArrived.Task;
                return FakeWorker.ReadyLine(assignment);
            };
        }
        await _world.AddFunctionAsync(new MakeFunction().Concurrency(concurrency).Scale(0, 10).Build(), gateway);

        var calls = Enumerable.Range(0, 200).Select(_ => gateway.InvokeAsync()).ToArray();
        while (arrived < 200)
            arrived = (await gateway.GetOperationsAsync("/load"))["functions"]![0]!["queued"]!.GetValue<int>();
        allArrived.SetResult();
        var answers = await Task.WhenAll(calls);

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.All(answers, answer => Assert.True(answer.Headers.Contains("Hearth-Cold-Start")));
        Assert.Equal(workersNeeded, workers.Sum(worker => worker.Assignments));
        Assert.Equal(200, workers.Sum(worker => worker.Requests));
    }

    [Fact]
    public async Task Invoke_TwoGatewaysAtOnce_NeverShareAClaim()
    {
        var workers = await _world.AddIdleAsync(4);
        var first = await _world.StartGatewayAsync(new() { Identity = "first" });
        var second = await _world.StartGatewayAsync(new() { Identity = "second" });
        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            await _world.AddFunctionAsync(new MakeFunction(name).Build(), first);
            await second.WaitForAsync(name);
        }

        var answers = await Task.WhenAll(first.InvokeAsync("a"), second.InvokeAsync("b"), first.InvokeAsync("c"), second.InvokeAsync("d"));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.All(workers, worker => Assert.Equal(1, worker.Assignments));
        Assert.Empty(_world.Created);
    }

    [Fact]
    public async Task Invoke_EmptyPool_CreatesAPod()
    {
        var gateway = await _world.StartGatewayAsync();
        await _world.AddFunctionAsync(new MakeFunction().Build(), gateway);

        using var answer = await gateway.InvokeAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["create"], answer.Headers.GetValues("Hearth-Cold-Start"));
        Assert.Equal(1, _world.Spare.Assignments);
        Assert.Matches("^fn-[a-z0-9]{5}$", Assert.Single(_world.Created));
    }

    [Fact]
    public async Task Invoke_NoNodeHasRoomForTheCreatedPod_NextIdleWorkerServesAndThePodIsGivenUp()
    {
        _world.RunsCreated = false;
        var gateway = await _world.StartGatewayAsync();
        await _world.AddFunctionAsync(new MakeFunction().Build(), gateway);
        var call = gateway.InvokeAsync();
        await _world.WaitForPodsAsync(pods => pods.Any(pod => pod.State() == WorkerState.Claimed));

        var idle = await _world.AddIdleAsync(1);
        using var answer = await call;

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["pool"], answer.Headers.GetValues("Hearth-Cold-Start"));
        Assert.Equal(1, idle[0].Requests);
        await _world.WaitForPodsAsync(pods => pods.Select(pod => pod.State()).Order().SequenceEqual([WorkerState.Assigned, WorkerState.Draining]));
    }

    [Fact]
    public async Task Invoke_NoNodeHasRoomForCreatedPods_IdleWorkersThatTurnUpServeEachFunction()
    {
        _world.RunsCreated = false;
        var gateway = await _world.StartGatewayAsync();
        string[] names = ["a", "b", "c"];
        foreach (var name in names)
            await _world.AddFunctionAsync(new MakeFunction(name).Scale(0, 4).Concurrency(1).Build(), gateway);
        // The first wants as many as the pool will have.
        var calls = names.Append("a").Append("a").Append("a").Select(name => gateway.InvokeAsync(name)).ToArray();
        await _world.WaitForPodsAsync(pods => pods.Count(pod => pod.State() == WorkerState.Claimed) == calls.Length);

        var idle = await _world.AddIdleAsync(3);
        var answers = await Task.WhenAll(calls);

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(3, idle.Sum(worker => worker.Assignments));
    }

    [Fact]
    public async Task Invoke_Container_IsReadyWhenItsPodIs()
    {
        var idle = await _world.AddIdleAsync(1);
        var gateway = await _world.StartGatewayAsync();
        _world.Spare.ChecksAssignment = false;
        await _world.AddFunctionAsync(new MakeFunction().Container("example/echo", _world.Spare.DataPort).Build(), gateway);

        using var answer = await gateway.InvokeAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["create"], answer.Headers.GetValues("Hearth-Cold-Start"));
        Assert.Equal((0, 0), (_world.Spare.Assignments, idle[0].Assignments));
    }

    [Fact]
    public async Task Invoke_ModelDoesNotLoad_EveryCallerGetsTheReasonAndAFixWorksAtOnce()
    {
        var workers = await _world.AddIdleAsync(3);
        var gateway = await _world.StartGatewayAsync();
        foreach (var worker in workers)
        {
            worker.Load = (assignment, _) => Task.FromResult(assignment.Model!.Uri.Contains("good", StringComparison.Ordinal)
                ? FakeWorker.ReadyLine(assignment)
                : FakeWorker.FailedLine(assignment, AssignmentFailureReason.InvalidModel, "no ONNX model"));
        }
        var function = await _world.AddFunctionAsync(new MakeFunction().Build(), gateway);

        var failures = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => gateway.InvokeAsync()));
        foreach (var failure in failures)
        {
            var (status, code, message) = await GatewayClient.ReadErrorAsync(failure);
            Assert.Equal((HttpStatusCode.BadGateway, "ERR_ACTIVATION_FAILED"), (status, code));
            Assert.Equal("failed to invoke, id: fn, err: InvalidModel: no ONNX model", message);
        }
        var failed = await _world.WaitForPodsAsync(all => all.Any(pod => pod.State() == WorkerState.Failed));
        Assert.Contains(failed, pod => pod.GetAnnotation(HearthAnnotations.Failure)?.Contains("no ONNX model", StringComparison.Ordinal) == true);

        await _world.Client.UpdateAsync(function with { Spec = function.Spec with { Model = new() { Uri = "file:///models/good.onnx" } } });
        using var answer = await RetryWhileAsync(gateway, HttpStatusCode.BadGateway);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Invoke_WorkerLostWhileItLoads_AnotherIsTaken()
    {
        var workers = await _world.AddIdleAsync(2);
        var gateway = await _world.StartGatewayAsync();
        var lost = 0;
        foreach (var worker in workers)
        {
            worker.Load = async (assignment, _) =>
            {
                if (Interlocked.Increment(ref lost) == 1)
                    await worker.KillAsync();
                return FakeWorker.ReadyLine(assignment);
            };
        }
        await _world.AddFunctionAsync(new MakeFunction().Build(), gateway);

        using var answer = await gateway.InvokeAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(2, workers.Sum(worker => worker.Assignments));
    }

    [Fact]
    public async Task Start_FunctionHasAWorker_ServesWithoutActivation()
    {
        var worker = await FakeWorker.StartAsync();
        worker.Carry("earlier");
        await _world.Client.CreateAsync(new MakeFunction().Build());
        await _world.AddPodAsync(worker, "served", WorkerState.Assigned, "fn", "earlier");
        var gateway = await _world.StartGatewayAsync();

        using var answer = await gateway.InvokeAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Hearth-Cold-Start"));
        Assert.Equal(0, worker.Assignments);
    }

    [Fact]
    public async Task Invoke_PodClaimedByADeadGateway_IsTakenOverUnderTheSameAssignment()
    {
        var worker = await FakeWorker.StartAsync();
        await _world.Client.CreateAsync(new MakeFunction().Build());
        await _world.AddPodAsync(worker, "orphan", WorkerState.Claimed, "fn", "of-the-dead");
        var gateway = await _world.StartGatewayAsync();

        using var answer = await gateway.InvokeAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("of-the-dead", worker.Current!.Id);
        Assert.Empty(_world.Created);
    }

    [Fact]
    public async Task Invoke_WorkerForgotItsAssignment_IsAssignedAgain()
    {
        var worker = await FakeWorker.StartAsync();
        worker.Carry("earlier");
        await _world.Client.CreateAsync(new MakeFunction().Scale(0, 1).Build());
        await _world.AddPodAsync(worker, "served", WorkerState.Assigned, "fn", "earlier");
        var gateway = await _world.StartGatewayAsync();
        worker.Forget();

        using var answer = await gateway.InvokeAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(("earlier", 1), (worker.Current!.Id, worker.Assignments));
    }

    [Fact]
    public async Task Invoke_ApiServerAway_FunctionsWithWorkersGoOn()
    {
        await _world.AddIdleAsync(1);
        var gateway = await _world.StartGatewayAsync();
        await _world.AddFunctionAsync(new MakeFunction().Build(), gateway);
        using var cold = await gateway.InvokeAsync();
        await _world.StopApiAsync();

        using var warm = await gateway.InvokeAsync();

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (cold.StatusCode, warm.StatusCode));
    }

    private static async Task<HttpResponseMessage> RetryWhileAsync(GatewayClient gateway, HttpStatusCode status)
    {
        using var patience = new CancellationTokenSource(GatewayWorld.Patience);
        while (true)
        {
            var answer = await gateway.InvokeAsync();
            if (answer.StatusCode != status)
                return answer;
            answer.Dispose();
            patience.Token.ThrowIfCancellationRequested();
        }
    }
}
