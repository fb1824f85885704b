using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Informers;
using Hearth.Policies.Pods;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Gateway.Tests;

/// <summary>A cluster with an API server in memory, fake workers on real ports, and whole gateways. Created pods come to run on <see cref="Spare"/>.</summary>
internal sealed class GatewayWorld : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ApiServerFixture _api = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, FakeWorker> _workers = new();
    private readonly List<GatewayServer> _gateways = [];
    private Informer<V1Pod> _pods = null!;
    private Task _watching = Task.CompletedTask;
    private bool _isApiStopped;

    public KubernetesClient Client => _api.Client;

    /// <summary>Where pods run that a gateway creates.</summary>
    public FakeWorker Spare { get; private set; } = null!;

    /// <summary>Whether pods that a gateway creates come to run; otherwise no node has room for them.</summary>
    public bool RunsCreated { get; set; } = true;

    /// <summary>Pods that gateways created.</summary>
    public ConcurrentQueue<string> Created { get; } = new();

    public static async Task<GatewayWorld> StartAsync(bool withPool = true)
    {
        var world = new GatewayWorld();
        await world._api.InitializeAsync();
        world.Spare = await FakeWorker.StartAsync();
        if (withPool)
            await world.AddPoolAsync();
        world._pods = new(world.Client, new() { LabelSelector = HearthLabels.Pool }, TimeProvider.System, NullLoggerFactory.Instance);
        world._pods.Subscribe(world.RunCreatedPod);
        world._watching = Task.Run(() => world._pods.RunAsync(world._stopping.Token));
        return world;
    }

    public async Task AddPoolAsync(string name = "default")
    {
        await Client.CreateAsync(new MakePool(name).Build());
        await Client.CreateAsync(new V1Secret
        {
            ApiVersion = "v1",
            Kind = "Secret",
            Metadata = new() { Name = WorkerPoolSecret.Name(name), Namespace = MakeFunction.DefaultNamespace },
            Data = new Dictionary<string, string> { [WorkerPoolSecret.TokenKey] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(FakeWorker.Token)) },
        });
    }

    public async Task<FakeWorker[]> AddIdleAsync(int count)
    {
        var workers = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => FakeWorker.StartAsync()));
        foreach (var worker in workers)
            await AddPodAsync(worker, $"idle-{_workers.Count}", WorkerState.Idle);
        return workers;
    }

    public async Task<V1Pod> AddPodAsync(FakeWorker worker, string name, string state, string? function = null, string? assignment = null)
    {
        _workers[name] = worker;
        var pod = worker.MakePod(name, MakeFunction.DefaultNamespace, "default", state, function, assignment) with { Status = null };
        pod.Metadata.ResourceVersion = null;
        return await SetStatusAsync(await Client.CreateAsync(pod), FakeWorker.ReadyStatus());
    }

    public Task<V1Pod> SetStatusAsync(V1Pod pod, V1PodStatus status) => Client.PatchAsync<V1Pod>(
        pod.Name(),
        pod.Namespace(),
        new(new JsonObject { ["status"] = System.Text.Json.JsonSerializer.SerializeToNode(status, ApiJsonContext.Default.V1PodStatus) }),
        "status");

    public async Task<GatewayClient> StartGatewayAsync(GatewayOptions? options = null)
    {
        options = (options ?? new()) with
        {
            Listen = "http://127.0.0.1:0",
            OperationsListen = "http://127.0.0.1:0",
            LeaseNamespace = MakeFunction.DefaultNamespace,
            WorkerPods = new WorkerPodOptions { DataPort = Spare.DataPort, ControlPort = Spare.ControlPort },
        };
        var gateway = await GatewayServer.StartAsync(options, _api.NewClient(), TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None)
            .WaitAsync(Patience);
        _gateways.Add(gateway);
        return new(gateway);
    }

    /// <summary>Stores a function and waits until the gateway knows it.</summary>
    public async Task<InferenceFunction> AddFunctionAsync(InferenceFunction function, GatewayClient gateway)
    {
        var stored = await Client.CreateAsync(function);
        await gateway.WaitForAsync(stored.Name());
        return stored;
    }

    /// <summary>Completes when the pods are as the condition says.</summary>
    public async Task<IReadOnlyList<V1Pod>> WaitForPodsAsync(Func<IReadOnlyList<V1Pod>, bool> condition)
    {
        var reached = new TaskCompletionSource<IReadOnlyList<V1Pod>>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = _pods.Subscribe(_ =>
        {
            var now = _pods.List();
            if (condition(now))
                reached.TrySetResult(now);
        });
        return await reached.Task.WaitAsync(Patience);
    }

    /// <summary>The API server goes away and stays away.</summary>
    public Task StopApiAsync()
    {
        _isApiStopped = true;
        return _api.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways)
            await gateway.DisposeAsync();
        await _stopping.CancelAsync();
        await _watching;
        foreach (var worker in _workers.Values)
            await worker.DisposeAsync();
        await Spare.DisposeAsync();
        if (!_isApiStopped)
            await _api.DisposeAsync();
    }

    /// <summary>What a node does: a pod without an address starts to run.</summary>
    private void RunCreatedPod(InformerEvent<V1Pod> change)
    {
        if (!RunsCreated || change.Old is not null || change.New is not { Status.PodIP: null } pod || pod.State() == WorkerState.Idle || _workers.ContainsKey(pod.Name()))
            return;
        Created.Enqueue(pod.Name());
        _ = SetStatusAsync(pod, FakeWorker.ReadyStatus());
    }
}
