using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Informers;
using Hearth.Operator;
using Hearth.Policies.Pods;
using Hearth.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Gateway.Tests.Burst;

/// <summary>
/// A whole cluster in one process: an API server in memory, the real operator, the real gateway, and a node on which every pod runs as a worker of its own, with
/// its own address and real ports. Workers answer the id of a request (header <c>Request</c>) and keep a book of what they began.
/// </summary>
internal sealed class BurstWorld : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly ApiServerFixture _api = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<FakeWorker>>> _workers = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _began = new();
    private readonly (int Data, int Control) _ports;
    private readonly int _block = Environment.ProcessId;
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Informer<V1Pod> _pods = null!;
    private Task _watching = Task.CompletedTask;
    private OperatorServer _operator = null!;
    private int _addresses;

    private BurstWorld() => _ports = (LoopbackPort.Free(), LoopbackPort.Free());

    public KubernetesClient Client => _api.Client;

    public GatewayServer Gateway { get; private set; } = null!;

    /// <summary>Workers that began each request, by the request's id.</summary>
    public IReadOnlyDictionary<string, ConcurrentQueue<string>> Began => _began;

    /// <summary>Pods that were killed.</summary>
    public ConcurrentBag<string> Killed { get; } = [];

    public static async Task<BurstWorld> StartAsync(int idle, int functions, InferenceFunctionSpec spec, GatewayOptions options)
    {
        var world = new BurstWorld();
        await world._api.InitializeAsync();
        world._pods = new(world.Client, new() { LabelSelector = HearthLabels.Pool }, TimeProvider.System, NullLoggerFactory.Instance);
        world._pods.Subscribe(change => _ = world.RunPodAsync(change));
        world._watching = Task.Run(() => world._pods.RunAsync(world._stopping.Token));
        await world.Client.CreateAsync(TokenSecret());
        var pods = new WorkerPodOptions { DataPort = world._ports.Data, ControlPort = world._ports.Control };
        world._operator = await OperatorServer.StartAsync(
            new() { OperationsListen = "http://127.0.0.1:0", GatewayLeaseNamespace = MakeFunction.DefaultNamespace, WorkerPods = pods },
            world._api.NewClient(), TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        await world.Client.CreateAsync(new MakePool().Warm(idle).Build());
        for (var i = 0; i < functions; i++)
            await world.Client.CreateAsync(new MakeFunction($"fn-{i}").Build() with { Spec = spec });
        options = options with { Listen = "http://127.0.0.1:0", OperationsListen = "http://127.0.0.1:0", LeaseNamespace = MakeFunction.DefaultNamespace, WorkerPods = pods };
        world.Gateway = await GatewayServer.StartAsync(options, world._api.NewClient(), TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        await world.WaitForIdleAsync(idle);
        return world;
    }

    /// <summary>Workers answer what they hold, and from now on at once.</summary>
    public void Open() => _gate.TrySetResult();

    /// <summary>Completes when the pool has so many idle workers.</summary>
    public Task WaitForIdleAsync(int idle) => Client.WaitForAsync<WorkerPool>(
        MakeFunction.DefaultNamespace, "default", pool => pool?.Status?.Idle >= idle, $"{idle} idle workers", Patience);

    /// <summary>Completes when so many workers serve.</summary>
    public Task WaitForServingAsync(int workers) => Client.WaitForAsync<V1Pod>(
        MakeFunction.DefaultNamespace, new(), pods => pods.Count(pod => pod.State() == Api.Workers.WorkerState.Assigned && !pod.IsGone()) == workers, $"{workers} workers that serve", Patience);

    /// <summary>Pods that serve functions.</summary>
    public IReadOnlyList<V1Pod> Serving() => [.. _pods.List().Where(pod => pod.State() == Api.Workers.WorkerState.Assigned && !pod.IsGone())];

    /// <summary>Ends a worker at once, as kill -9 does, and tells of it as a node does.</summary>
    public async Task KillAsync(V1Pod pod)
    {
        Killed.Add(pod.Name());
        if (_workers.TryGetValue(pod.Name(), out var worker))
            await (await worker.Value).KillAsync();
        await SetStatusAsync(pod.Name(), new() { Phase = "Failed", Reason = "Killed", Message = "killed by the test" });
    }

    public async ValueTask DisposeAsync()
    {
        Open();
        await Gateway.DisposeAsync();
        await _operator.DisposeAsync();
        await _stopping.CancelAsync();
        await _watching;
        await Task.WhenAll(_workers.Values.Select(async worker => await (await worker.Value).DisposeAsync()));
        await _api.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task RunPodAsync(InformerEvent<V1Pod> change)
    {
        var name = change.Object.Name();
        if (change.New is null)
        {
            if (_workers.TryRemove(name, out var gone))
                await (await gone.Value).DisposeAsync();
            return;
        }
        if (change.Old is not null)
            return;
        var worker = new Lazy<Task<FakeWorker>>(() => StartWorkerAsync(name));
        if (_workers.TryAdd(name, worker))
            await SetStatusAsync(name, FakeWorker.ReadyStatus() with { PodIP = (await worker.Value).Address.ToString() });
    }

    private async Task<FakeWorker> StartWorkerAsync(string pod)
    {
        // A block of addresses for each process, so that tests of several checkouts may run at once.
        var n = Interlocked.Increment(ref _addresses);
        var address = new IPAddress([127, (byte)(100 + (_block % 100)), (byte)((_block / 100 % 60) + (n / 250 * 60)), (byte)((n % 250) + 1)]);
        var worker = await FakeWorker.StartAsync(address, _ports.Data, _ports.Control);
        worker.Answer = async context =>
        {
            var id = context.Request.Headers["Request"].ToString();
            _began.GetOrAdd(id, _ => new()).Enqueue(pod);
            await _gate.Task;
            await context.Response.WriteAsync(id);
        };
        return worker;
    }

    private async Task SetStatusAsync(string pod, V1PodStatus status)
    {
        var node = JsonSerializer.SerializeToNode(status, ApiJsonContext.Default.V1PodStatus);
        try
        {
            await Client.PatchAsync<V1Pod>(pod, MakeFunction.DefaultNamespace, new(new JsonObject { ["status"] = node }), "status", _stopping.Token);
        }
        catch (Exception e) when (e is KubernetesException { IsNotFound: true } or OperationCanceledException or HttpRequestException)
        {
            // It was deleted meanwhile, or the test ends.
        }
    }

    private static V1Secret TokenSecret() => new()
    {
        ApiVersion = "v1",
        Kind = "Secret",
        Metadata = new() { Name = WorkerPoolSecret.Name("default"), Namespace = MakeFunction.DefaultNamespace },
        Data = new Dictionary<string, string> { [WorkerPoolSecret.TokenKey] = Convert.ToBase64String(Encoding.UTF8.GetBytes(FakeWorker.Token)) },
    };
}
