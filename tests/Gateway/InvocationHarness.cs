using System.Net;
using System.Net.Sockets;
using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Apps;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Gateway.Activations;
using Hearth.Gateway.Federations;
using Hearth.Gateway.Forwarding;
using Hearth.Gateway.Functions;
using Hearth.Gateway.Invocation;
using Hearth.Gateway.Operations;
using Hearth.Kubernetes.Client;
using Hearth.Policies.Pods;
using Hearth.Testing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;

namespace Hearth.Gateway.Tests;

/// <summary>The request path on a real port, with workers that are assigned already. Nothing can be activated.</summary>
internal sealed class InvocationHarness : IAsyncDisposable
{
    public const string Assignment = "assignment-1";

    private readonly List<FakeWorker> _workers = [];
    private readonly GatewayMetrics _metrics = new();
    private readonly WorkerConnector _connector;
    private readonly HttpMessageInvoker _client;
    private readonly InvocationServer _server;
    private readonly FunctionRegistry _registry;
    private readonly FederationRegistry _federations;

    private InvocationHarness(GatewayOptions options, TimeProvider time, Func<EndPoint, CancellationToken, Task<Socket>>? dial)
    {
        var logs = NullLoggerFactory.Instance;
        _connector = new(time, dial);
        var activator = new WorkerActivator(Api, Substitute.For<IWorkerControl>(), "test", new(), time, new Random(1));
        Idle = new(Pods, new(Pods, null, new Random(1)));
        var runner = new ActivationRunner(activator, Idle, new(), Pods, Pools, _connector, time, NullLogger<ActivationRunner>.Instance);
        var room = new WaitingRoom(options.MaxWaitingBytes);
        _registry = new(Functions, Revisions, Pods, function => new(function, runner, _metrics, options.MaxQueuedPerFunction, room, time, new Random(1)), time);
        _federations = new(Federations, Pods, time);
        _client = _connector.CreateClient();
        Lookup = new(_registry, Api, null, time);
        var forwarder = new Forwarder(_connector, _client, time);
        var federations = new FederationHandler(_federations, new(new(Api, time), new(options.MaxUpdateBytesUnderWay), new(time), options), forwarder, _metrics, options, time, NullLogger<FederationHandler>.Instance);
        Handler = new(new(Make.Namespace), Lookup, federations, forwarder, new(_connector, _metrics, time), _metrics, options, time, NullLogger<InvocationHandler>.Instance);
        _server = new(options, time, logs);
    }

    /// <summary>Has nothing, unless a test says so.</summary>
    public IKubernetesClient Api { get; } = Substitute.For<IKubernetesClient>();

    public FunctionLookup Lookup { get; }

    public FakeInformer<InferenceFunction> Functions { get; } = new();

    public FakeInformer<V1ControllerRevision> Revisions { get; } = new();

    public FakeInformer<FederatedAggregation> Federations { get; } = new();

    public FakeInformer<V1Pod> Pods { get; } = new();

    public FakeInformer<WorkerPool> Pools { get; } = new();

    public HttpClient Http { get; private set; } = null!;

    public Uri Url => Http.BaseAddress!;

    public RoutedFunction Routed(string function = "fn") => _registry.Find(new(Make.Namespace, function))!;

    public FunctionState State(string function = "fn") => Routed(function).Choose().State;

    private IdleWorkers Idle { get; }

    private InvocationHandler Handler { get; }

    public static async Task<InvocationHarness> StartAsync(
        GatewayOptions? options = null, TimeProvider? time = null, Func<EndPoint, CancellationToken, Task<Socket>>? dial = null)
    {
        var harness = new InvocationHarness((options ?? new()) with { Listen = "http://127.0.0.1:0" }, time ?? TimeProvider.System, dial);
        var url = await harness._server.StartAsync(harness.Handler, CancellationToken.None);
        harness.Http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = new(url), Timeout = TimeSpan.FromSeconds(30) };
        return harness;
    }

    /// <summary>A function served by one worker.</summary>
    public async Task<FakeWorker> ServeAsync(InferenceFunction? function = null, HttpProtocols protocols = HttpProtocols.Http1)
    {
        function ??= Make.Function();
        Functions.Set(function);
        return await AddWorkerAsync(function.Metadata.Name!, protocols);
    }

    /// <summary>One more worker for the function.</summary>
    public async Task<FakeWorker> AddWorkerAsync(string function = "fn", HttpProtocols protocols = HttpProtocols.Http1)
    {
        var worker = await FakeWorker.StartAsync(protocols);
        worker.Carry(Assignment);
        _workers.Add(worker);
        Pods.Set(worker.MakePod($"worker-{_workers.Count}", Make.Namespace, "default", WorkerState.Assigned, function, Assignment));
        return worker;
    }

    /// <summary>A worker of the function's revision.</summary>
    public async Task<FakeWorker> AddWorkerAsync(InferenceFunction revision)
    {
        var worker = await FakeWorker.StartAsync();
        worker.Carry(Assignment);
        _workers.Add(worker);
        Pods.Set(MakePod(worker, $"worker-{_workers.Count}", revision));
        return worker;
    }

    /// <summary>Pod of a worker of the function's revision.</summary>
    public static V1Pod MakePod(FakeWorker worker, string name, InferenceFunction revision, string state = WorkerState.Assigned)
    {
        var pod = worker.MakePod(name, Make.Namespace, "default", state, revision.Name(), Assignment);
        pod.Metadata.Annotations = new Dictionary<string, string>(pod.Metadata.Annotations!) { [HearthAnnotations.FunctionHash] = FunctionHash.Of(revision.Spec) };
        return pod;
    }

    /// <summary>A worker that aggregates for a federation.</summary>
    public async Task<FakeWorker> AddAggregatorAsync(FederatedAggregation federation, string assignment = Assignment, string? slot = null)
    {
        var worker = await FakeWorker.StartAsync();
        worker.Carry(assignment);
        _workers.Add(worker);
        Pods.Set(MakeAggregator(worker, federation, assignment, slot: slot));
        return worker;
    }

    /// <summary>Pod of a worker that aggregates.</summary>
    public static V1Pod MakeAggregator(FakeWorker worker, FederatedAggregation federation, string assignment, string state = WorkerState.Assigned, string? slot = null)
    {
        var pod = worker.MakePod($"aggregator-{assignment}", federation.Namespace(), "default", state, assignment: assignment);
        pod.Metadata.Labels = new Dictionary<string, string>(pod.Metadata.Labels!) { [HearthLabels.Federation] = federation.Name() };
        if (slot is not null)
            pod.Metadata.Annotations = new Dictionary<string, string>(pod.Metadata.Annotations!) { [HearthAnnotations.AggregatorSlot] = slot };
        pod.Metadata.OwnerReferences = [federation.MakeOwnerReference()];
        return pod;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
        Lookup.Dispose();
        _registry.Dispose();
        _federations.Dispose();
        Idle.Dispose();
        _client.Dispose();
        _connector.Dispose();
        _metrics.Dispose();
        foreach (var worker in _workers)
            await worker.DisposeAsync();
    }
}
