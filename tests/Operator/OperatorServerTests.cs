using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Operator.Tests;

/// <summary>The whole operator over real watches: what wakes what. Functions are containers, so no worker has to answer.</summary>
public sealed class OperatorServerTests : IAsyncLifetime
{
    private readonly ApiServerFixture _api = new();
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(60));
    private KubernetesClient _client = null!;
    private Task _node = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        await _api.InitializeAsync();
        _client = new(new() { Host = _api.BaseUri.AbsoluteUri, AccessToken = _api.Token }, TimeProvider.System);
        _node = RunNodeAsync();
    }

    public async Task DisposeAsync()
    {
        await _patience.CancelAsync();
        await _node;
        _client.Dispose();
        await _api.DisposeAsync();
        _patience.Dispose();
    }

    [Fact]
    public async Task StartAsync_PoolAndFunction_AreBroughtUpScaledRepairedAndRemoved()
    {
        await using var server = await StartAsync();
        await _client.CreateAsync(new MakePool().Warm(2).Build());
        await UntilAsync<WorkerPool>("default", p => p.Status?.Idle == 2);

        await _client.CreateAsync(new MakeFunction().Container("example/server", 9000).Scale(1, 3).Build());
        await UntilAsync<InferenceFunction>("fn", f => f.Status?.Replicas.Ready == 1);

        await PatchAsync("fn", """{"spec":{"scale":{"min":2}}}""");
        await UntilAsync<InferenceFunction>("fn", f => f.Status?.Replicas.Ready == 2);

        var workers = (await WorkersAsync()).Select(w => w.Name()).ToArray();
        await _client.DeleteAsync<V1Pod>(workers[0], MakeFunction.DefaultNamespace);
        await UntilAsync<V1Pod>(null, p => p.GetLabel(HearthLabels.WorkerState) == WorkerState.Assigned && !workers.Contains(p.Name()));

        await PatchAsync("fn", """{"spec":{"suspend":true}}""");
        await UntilAsync<InferenceFunction>("fn", f => f.Status?.Replicas.Ready == 0);
        Assert.False(server.Completion.IsCompleted);
    }

    [Fact]
    public async Task StartAsync_PoolComesAfterItsFunction_WakesTheFunction()
    {
        await using var server = await StartAsync();
        await _client.CreateAsync(new MakeFunction().Pool("late").Build());
        await UntilAsync<InferenceFunction>("fn", f => Reason(f) == InferenceFunctionConditions.PoolNotFound);

        await _client.CreateAsync(new MakePool("late").Warm(0).Build());
        await UntilAsync<InferenceFunction>("fn", f => Reason(f) == InferenceFunctionConditions.ScaledToZero);

        await _client.DeleteAsync<WorkerPool>("late", MakeFunction.DefaultNamespace);
        await UntilAsync<InferenceFunction>("fn", f => Reason(f) == InferenceFunctionConditions.PoolNotFound);
    }

    [Fact]
    public async Task StartAsync_AfterAnother_GoesOnFromTheCluster()
    {
        await using (await StartAsync())
        {
            await _client.CreateAsync(new MakePool().Warm(1).Build());
            await UntilAsync<WorkerPool>("default", p => p.Status?.Idle == 1);
        }
        await _client.CreateAsync(new MakeFunction().Container("example/server", 9000).Scale(1, 1).Build());

        await using var second = await StartAsync();

        await UntilAsync<InferenceFunction>("fn", f => f.Status?.Replicas.Ready == 1);
    }

    [Fact]
    public async Task OperationsUrl_OperatorRuns_AnswersHealthReadinessAndMetrics()
    {
        await using var server = await StartAsync();
        await _client.CreateAsync(new MakePool().Warm(1).Build());
        await UntilAsync<WorkerPool>("default", p => p.Status?.Idle == 1);
        using var http = new HttpClient { BaseAddress = new(server.OperationsUrl) };

        Assert.Equal("ok", await http.GetStringAsync(new Uri("/healthz", UriKind.Relative)));
        Assert.Equal("ok", await http.GetStringAsync(new Uri("/readyz", UriKind.Relative)));
        Assert.Contains("hearth_pool_workers{", await http.GetStringAsync(new Uri("/metrics", UriKind.Relative)), StringComparison.Ordinal);
    }

    private Task<OperatorServer> StartAsync() => OperatorServer.StartAsync(
        new() { OperationsListen = "http://127.0.0.1:0" }, _client, TimeProvider.System, NullLoggerFactory.Instance, _patience.Token);

    private static string? Reason(InferenceFunction function) =>
        function.Status?.Conditions?.FirstOrDefault(c => c.Type == InferenceFunctionConditions.Ready)?.Reason;

    private Task<InferenceFunction> PatchAsync(string function, string json) =>
        _client.PatchAsync<InferenceFunction>(function, MakeFunction.DefaultNamespace, new(JsonNode.Parse(json)!));

    private async Task<IEnumerable<V1Pod>> WorkersAsync() =>
        (await _client.ListAsync<V1Pod>(null, new() { LabelSelector = $"{HearthLabels.Function}=fn" })).Items;

    /// <summary>Watches an object, or any when no name is given, until it is as wanted; the whole test has a minute.</summary>
    private async Task UntilAsync<T>(string? name, Func<T, bool> isWanted)
        where T : class, IResource<T>
    {
        var list = await _client.ListAsync<T>(MakeFunction.DefaultNamespace);
        if (list.Items.Any(IsIt))
            return;
        await foreach (var change in _client.WatchAsync<T>(MakeFunction.DefaultNamespace, new() { ResourceVersion = list.ResourceVersion }, _patience.Token))
        {
            if (change.Type != WatchEventType.Bookmark && IsIt(change.Object))
                return;
        }
        Assert.Fail($"The watch of {T.Definition.Kind} \"{name}\" ended.");

        bool IsIt(T entity) => (name is null || entity.Name() == name) && isWanted(entity);
    }

    /// <summary>A node on which every pod runs at once.</summary>
    private async Task RunNodeAsync()
    {
        try
        {
            await foreach (var change in _client.WatchAsync<V1Pod>(null, cancel: _patience.Token))
            {
                if (change.Type == WatchEventType.Added)
                    await ReadyAsync(change.Object);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ReadyAsync(V1Pod pod)
    {
        var status = new V1PodStatus { Phase = "Running", PodIP = "127.0.0.1", Conditions = [new() { Type = "Ready", Status = ConditionStatus.True }] };
        try
        {
            await _client.PatchAsync<V1Pod>(
                pod.Name(), pod.Namespace(), new(new JsonObject { ["status"] = JsonSerializer.SerializeToNode(status, ApiJsonContext.Default.V1PodStatus) }), "status", _patience.Token);
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
        }
    }
}
