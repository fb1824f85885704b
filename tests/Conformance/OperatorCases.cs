using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.TrainingJobs;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Testing;

namespace Hearth.Conformance.Tests;

/// <summary>The whole operator over real watches, on every server: what wakes what, and what is left at the end.</summary>
[Collection(Servers.Collection)]
public sealed class OperatorCases(Servers servers)
{
    [Theory]
    [OnEveryServer]
    public async Task Operator_PoolAndFunction_AreBroughtUpScaledRepairedAndStopped(string server)
    {
        await using var world = await OperatorWorld.StartAsync(servers, server);
        await using var running = await world.StartOperatorAsync();
        await world.AddPoolAsync(warm: 2);

        await world.AddAsync(new MakeFunction().Container("example/server", 9000).Scale(1, 3).Build());
        await ReplicasAsync(world, 1);

        await world.PatchAsync<InferenceFunction>("fn", """{"spec":{"scale":{"min":2}}}""");
        await ReplicasAsync(world, 2);

        var workers = (await WorkersAsync(world)).Select(w => w.Uid()).ToArray();
        await world.DeleteAsync<V1Pod>((await WorkersAsync(world))[0].Name());
        await world.UntilAllAsync<V1Pod>(pods => pods.Any(p => IsWorker(p) && !workers.Contains(p.Uid())), "another worker in the place of the one that went");

        await world.PatchAsync<InferenceFunction>("fn", """{"spec":{"suspend":true}}""");
        await ReplicasAsync(world, 0);
        Assert.False(running.Completion.IsCompleted);
    }

    [Theory]
    [OnEveryServer]
    public async Task Operator_PoolComesAfterItsFunction_WakesTheFunction(string server)
    {
        await using var world = await OperatorWorld.StartAsync(servers, server);
        await using var running = await world.StartOperatorAsync();
        await world.AddAsync(new MakeFunction().Pool("late").Build());
        await ReasonAsync(world, InferenceFunctionConditions.PoolNotFound);

        await world.AddAsync(new MakePool("late").Warm(0).Build());
        await ReasonAsync(world, InferenceFunctionConditions.ScaledToZero);

        await world.DeleteAsync<WorkerPool>("late");
        await ReasonAsync(world, InferenceFunctionConditions.PoolNotFound);
    }

    [Theory]
    [OnEveryServer]
    public async Task Operator_AfterAnother_GoesOnFromTheCluster(string server)
    {
        await using var world = await OperatorWorld.StartAsync(servers, server);
        await using (await world.StartOperatorAsync())
            await world.AddPoolAsync(warm: 1);
        await world.AddAsync(new MakeFunction().Container("example/server", 9000).Scale(1, 1).Build());

        await using var second = await world.StartOperatorAsync();

        await ReplicasAsync(world, 1);
    }

    [Theory]
    [OnEveryServer]
    public async Task Operator_TwoReplicas_OneActsAndTheOtherTakesOver(string server)
    {
        await using var world = await OperatorWorld.StartAsync(servers, server);
        var first = await world.StartOperatorAsync("first", elects: true);
        await world.UntilAsync<V1Lease>("hearth-operator", l => l?.Spec.HolderIdentity == "first", "held by the first");
        await using var second = await world.StartOperatorAsync("second", elects: true);
        await world.AddPoolAsync(warm: 1);

        await first.DisposeAsync();
        await world.UntilAsync<V1Lease>("hearth-operator", l => l?.Spec.HolderIdentity == "second", "held by the second");

        await world.PatchAsync<WorkerPool>("default", """{"spec":{"warm":{"min":2}}}""");
        await world.UntilAsync<WorkerPool>("default", p => p?.Status?.Idle == 2, "2 idle workers");
    }

    [Theory]
    [OnEveryServer]
    public async Task Operator_FunctionOfAModel_IsAssignedAWarmWorkerAndGivesItBack(string server)
    {
        await using var world = await OperatorWorld.StartAsync(servers, server);
        await using var running = await world.StartOperatorAsync();
        await world.AddPoolAsync(warm: 1);

        await world.AddAsync(new MakeFunction().Scale(1, 1).Build());
        await ReplicasAsync(world, 1);
        var worker = Assert.Single(await WorkersAsync(world));
        Assert.Equal("default", worker.GetLabel(HearthLabels.Pool));

        await world.PatchAsync<InferenceFunction>("fn", """{"spec":{"suspend":true}}""");
        await ReplicasAsync(world, 0);
        await world.UntilAsync<WorkerPool>("default", p => p?.Status?.Idle >= 1, "the worker idle again");
    }

    [Theory]
    [OnEveryServer]
    public async Task Operator_TrainingJob_RunsOnAWarmWorkerAndCompletes(string server)
    {
        await using var world = await OperatorWorld.StartAsync(servers, server);
        await using var running = await world.StartOperatorAsync();
        world.Worker.Latest = assignment => FakeWorker.ReadyLine(assignment) with { State = AssignmentState.Succeeded };
        await world.AddPoolAsync(warm: 1);

        await world.AddAsync(new MakeTrainingJob().Build());

        await world.UntilAsync<TrainingJob>(
            "tj", j => Is(j?.Status?.Conditions, TrainingJobConditions.Succeeded, TrainingJobConditions.Completed), "completed");
        var job = (await world.Client.GetAsync<TrainingJob>("tj", world.Namespace))!;
        Assert.Equal(job.Metadata.Generation, job.Status!.ObservedGeneration);
        Assert.NotNull(job.Status.CompletionTime);
        await world.UntilAsync<WorkerPool>("default", p => p?.Status?.Idle == 1, "the worker idle again");
    }

    [Theory]
    [OnEveryServer]
    public async Task Operator_JobWithATimeToLive_DeletesItWhenItIsDone(string server)
    {
        await using var world = await OperatorWorld.StartAsync(servers, server);
        await using var running = await world.StartOperatorAsync();
        world.Worker.Latest = assignment => FakeWorker.ReadyLine(assignment) with { State = AssignmentState.Succeeded };
        await world.AddPoolAsync(warm: 1);

        await world.AddAsync(new MakeTrainingJob().RunPolicy(new() { TtlSecondsAfterFinished = 0 }).Build());

        await world.UntilAsync<TrainingJob>("tj", j => j is null, "deleted");
    }

    [Theory]
    [OnEveryServer]
    public async Task Operator_Federation_HasAnAggregatorUntilItIsDeleted(string server)
    {
        await using var world = await OperatorWorld.StartAsync(servers, server);
        await using var running = await world.StartOperatorAsync();
        await world.AddPoolAsync(warm: 1);

        await world.AddAsync(new MakeFederation().Build());
        await world.UntilAsync<FederatedAggregation>(
            "fa", f => f?.Status?.Conditions?.Any(c => c is { Type: FederatedAggregationConditions.AggregatorReady, Status: "True" }) == true, "an aggregator");
        await world.UntilAllAsync<V1Pod>(pods => pods.Any(p => p.GetLabel(HearthLabels.Federation) == "fa"), "a worker of the federation");

        await world.DeleteAsync<FederatedAggregation>("fa");

        await world.UntilAllAsync<V1Pod>(pods => pods.All(p => p.GetLabel(HearthLabels.Federation) is null), "no worker of the federation");
        await world.UntilAsync<FederatedAggregation>("fa", f => f is null, "gone");
    }

    [Theory]
    [OnEveryServer(NeedsCollector = true)]
    public async Task Operator_FunctionDeleted_ItsPodsAreCollected(string server)
    {
        await using var world = await OperatorWorld.StartAsync(servers, server);
        await using var running = await world.StartOperatorAsync();
        await world.AddPoolAsync(warm: 0);
        await world.AddAsync(new MakeFunction().Container("example/server", 9000).Scale(2, 2).Build());
        await ReplicasAsync(world, 2);

        await world.DeleteAsync<InferenceFunction>("fn");

        await world.UntilAllAsync<V1Pod>(pods => pods.Count == 0, "no pod");
    }

    [Theory]
    [OnEveryServer(NeedsCollector = true)]
    public async Task Operator_PoolDeleted_ItsWorkersAndItsSecretAreCollected(string server)
    {
        await using var world = await OperatorWorld.StartAsync(servers, server);
        await using var running = await world.StartOperatorAsync();
        await world.AddPoolAsync(warm: 2);

        await world.DeleteAsync<WorkerPool>("default");

        await world.UntilAllAsync<V1Pod>(pods => pods.Count == 0, "no worker");
        await world.UntilAsync<V1Secret>(WorkerPoolSecret.Name("default"), s => s is null, "gone");
    }

    [Theory]
    [OnEveryServer]
    public async Task Operator_Always_AnswersHealthReadinessAndMetrics(string server)
    {
        await using var world = await OperatorWorld.StartAsync(servers, server);
        await using var running = await world.StartOperatorAsync();
        await world.AddPoolAsync(warm: 1);
        using var http = new HttpClient { BaseAddress = new(running.OperationsUrl) };

        Assert.Equal("ok", await http.GetStringAsync(new Uri("/healthz", UriKind.Relative)));
        Assert.Equal("ok", await http.GetStringAsync(new Uri("/readyz", UriKind.Relative)));
        Assert.Contains("hearth_pool_workers{", await http.GetStringAsync(new Uri("/metrics", UriKind.Relative)), StringComparison.Ordinal);
    }

    private static Task ReplicasAsync(OperatorWorld world, int ready) =>
        world.UntilAsync<InferenceFunction>("fn", f => f?.Status?.Replicas.Ready == ready, $"{ready} ready");

    private static Task ReasonAsync(OperatorWorld world, string reason) =>
        world.UntilAsync<InferenceFunction>("fn", f => Is(f?.Status?.Conditions, InferenceFunctionConditions.Ready, reason), reason);

    private static bool Is(IReadOnlyList<V1Condition>? conditions, string type, string reason) =>
        conditions?.Any(c => c.Type == type && c.Reason == reason) == true;

    private static bool IsWorker(V1Pod pod) => pod.GetLabel(HearthLabels.Function) == "fn" && pod.GetLabel(HearthLabels.WorkerState) == WorkerState.Assigned;

    private static async Task<IReadOnlyList<V1Pod>> WorkersAsync(OperatorWorld world) =>
        (await world.Client.ListAsync<V1Pod>(world.Namespace, new() { LabelSelector = $"{HearthLabels.Function}=fn" })).Items;
}
