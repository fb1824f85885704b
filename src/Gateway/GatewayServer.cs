using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Apps;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Telemetry;
using Hearth.Api.WorkerPools;
using Hearth.Gateway.Activations;
using Hearth.Gateway.Federations;
using Hearth.Gateway.Forwarding;
using Hearth.Gateway.Functions;
using Hearth.Gateway.Invocation;
using Hearth.Gateway.Operations;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Informers;
using Microsoft.Extensions.Logging;

namespace Hearth.Gateway;

/// <summary>A running gateway.</summary>
public sealed class GatewayServer : IAsyncDisposable
{
    // In the order in which they were started; stopped the other way round.
    private readonly Stack<IAsyncDisposable> _parts = new();

    private GatewayServer()
    {
    }

    /// <summary>Base URL at which callers are served.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Base URL of health, metrics and load.</summary>
    public string OperationsUrl { get; private set; } = "";

    /// <summary>
    /// Lets the threads that wait for sockets go on with what comes, instead of handing it to the thread pool. A request that is passed on does little between
    /// its reads and writes, so this halves what it costs. For a process that is a gateway and nothing else, before it opens its first socket.
    /// </summary>
    public static void RunOnSocketThreads()
    {
        const string inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
        if (Environment.GetEnvironmentVariable(inline) is null)
            Environment.SetEnvironmentVariable(inline, "1");
    }

    /// <summary>
    /// Starts a gateway. It answers on its operations port at once; it serves callers, and this returns, when it knows the cluster's functions and
    /// workers, for which it waits until the API server answers.
    /// </summary>
    /// <exception cref="ArgumentException">An option is not valid.</exception>
    /// <exception cref="IOException">An address is in use.</exception>
    public static async Task<GatewayServer> StartAsync(
        GatewayOptions options, IKubernetesClient client, TimeProvider time, ILoggerFactory logs, CancellationToken cancel)
    {
        options.Validate();
        var gateway = new GatewayServer();
        try
        {
            await gateway.ComposeAsync(options, client, time, logs, cancel);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Deletes the lease, lets running requests end for a moment, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
            await part.DisposeAsync();
    }

    private async Task ComposeAsync(
        GatewayOptions options, IKubernetesClient client, TimeProvider time, ILoggerFactory logs, CancellationToken cancel)
    {
        var exporter = Own(new PrometheusTextExporter());
        var metrics = Own(new GatewayMetrics());
        var random = new Random();

        var functions = new Informer<InferenceFunction>(client, new() { Namespace = options.Namespace }, time, logs);
        var revisions = new Informer<V1ControllerRevision>(client, new() { Namespace = options.Namespace, LabelSelector = HearthLabels.Function }, time, logs);
        var pods = new Informer<V1Pod>(client, new() { Namespace = options.Namespace, LabelSelector = HearthLabels.Pool }, time, logs);
        var pools = new Informer<WorkerPool>(client, new() { Namespace = options.Namespace }, time, logs);

        var federations = new Informer<FederatedAggregation>(client, new() { Namespace = options.Namespace }, time, logs);

        var connector = Own(new WorkerConnector(time));
        var workers = Own(connector.CreateClient());
        var activator = new WorkerActivator(
            client, Own(new HttpWorkerControl(client)), options.Identity, options.WorkerPods, time, new Random());
        var idle = Own(new IdleWorkers(pods, new(pods, options.Zone, random)));
        var runner = new ActivationRunner(activator, idle, new(), pods, pools, connector, time, logs.CreateLogger<ActivationRunner>());
        var room = new WaitingRoom(options.MaxWaitingBytes);
        metrics.Observe(room);
        var registry = Own(new FunctionRegistry(functions, revisions, pods, Make, time));
        var federationRegistry = Own(new FederationRegistry(federations, pods, time));

        var activity = new FederationActivity(time);
        var isReady = false;
        var operations = Own(new OperationsServer(
            options, exporter, () => isReady ? null : "the functions, federations and workers of the cluster are not known yet", registry, activity, time, logs));
        OperationsUrl = await operations.StartAsync(cancel);

        _parts.Push(new BackgroundPart(functions.RunAsync));
        _parts.Push(new BackgroundPart(revisions.RunAsync));
        _parts.Push(new BackgroundPart(pods.RunAsync));
        _parts.Push(new BackgroundPart(pools.RunAsync));
        _parts.Push(new BackgroundPart(federations.RunAsync));
        await Task.WhenAll(
            functions.WaitForSyncAsync(cancel), revisions.WaitForSyncAsync(cancel), pods.WaitForSyncAsync(cancel), pools.WaitForSyncAsync(cancel), federations.WaitForSyncAsync(cancel));

        var forwarder = new Forwarder(connector, workers, time);
        var admission = new FederationAdmission(new(client, time), new(options.MaxUpdateBytesUnderWay), activity, options);
        var federationHandler = new FederationHandler(federationRegistry, admission, forwarder, metrics, options, time, logs.CreateLogger<FederationHandler>());
        var handler = new InvocationHandler(
            new(options.DefaultNamespace), Own(new FunctionLookup(registry, client, options.Namespace, time)), federationHandler, forwarder, new(connector, metrics, time), metrics, options, time, logs.CreateLogger<InvocationHandler>());
        var invocations = Own(new InvocationServer(options, time, logs));
        Url = await invocations.StartAsync(handler, cancel);
        isReady = true;

        var lease = new GatewayLease(
            client, options.Identity, options.LeaseNamespace, options.AdvertisedUrl?.TrimEnd('/') ?? ListenAddress.Advertise(Url, options.AdvertisedHost),
            ListenAddress.Advertise(OperationsUrl, options.AdvertisedHost), time, logs.CreateLogger<GatewayLease>());
        _parts.Push(new BackgroundPart(lease.RunAsync));

        FunctionState Make(InferenceFunction function)
        {
            lock (random)
                return new(function, runner, metrics, options.MaxQueuedPerFunction, room, time, new Random(random.Next()));
        }
    }

    private T Own<T>(T part)
        where T : class
    {
        _parts.Push(part as IAsyncDisposable ?? new Disposal((IDisposable)part));
        return part;
    }

    private sealed class Disposal(IDisposable part) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            part.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
