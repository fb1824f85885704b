using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Apps;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.Telemetry;
using Hearth.Api.TrainingJobs;
using Hearth.Api.WorkerPools;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Informers;
using Hearth.Operator.FederatedAggregations;
using Hearth.Operator.Gateways;
using Hearth.Operator.InferenceFunctions;
using Hearth.Operator.TrainingJobs;
using Hearth.Operator.WorkerPools;
using Hearth.Operator.Workers;
using Hearth.Policies.Scaling;
using Microsoft.Extensions.Logging;

namespace Hearth.Operator;

/// <summary>A running operator.</summary>
/// <remarks>
/// All it knows is in the cluster (labels, annotations, status), so it may be killed at any point and started anew. Every replica reads the cluster and
/// the gateways' load, so that the next leader knows both; the leader alone acts.
/// </remarks>
public sealed class OperatorServer : IAsyncDisposable
{
    // In the order in which they were made; ended the other way round.
    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly CancellationTokenSource _stop = new();

    private OperatorServer()
    {
    }

    /// <summary>Base URL of health and metrics.</summary>
    public string OperationsUrl { get; private set; } = "";

    /// <summary>Ends when the operator has stopped; faulted when it lost its lease or cannot go on, after which the process should end.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Starts an operator and returns once its operations port answers.</summary>
    /// <exception cref="ArgumentException">An option is not valid.</exception>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<OperatorServer> StartAsync(
        OperatorOptions options, IKubernetesClient client, TimeProvider time, ILoggerFactory logs, CancellationToken cancel)
    {
        options.Validate();
        var server = new OperatorServer();
        try
        {
            await server.ComposeAsync(options, client, time, logs, cancel);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops every reconcile, gives up the lease, and stops listening. A failure stays in <see cref="Completion"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (_parts.TryPop(out var part))
            await part.DisposeAsync();
        _stop.Dispose();
    }

    private async Task ComposeAsync(
        OperatorOptions options, IKubernetesClient client, TimeProvider time, ILoggerFactory logs, CancellationToken cancel)
    {
        var log = logs.CreateLogger<OperatorServer>();
        var exporter = Own(new PrometheusTextExporter());
        var metrics = Own(new OperatorMetrics());
        var host = new ControllerHost(client, new() { Identity = options.Identity, LeaseNamespace = options.LeaseNamespace }, time, logs);
        var pools = host.Informer<WorkerPool>();
        var functions = host.Informer<InferenceFunction>();
        var workers = new WorkerCache(host.Informer<V1Pod>(HearthLabels.Pool), time);
        var choice = new WorkerChoice(host.Informer<V1Pod>(HearthLabels.Pool), zone: null, new Random());
        var owners = new WorkerOwners()
            .Add(HearthLabels.Function, functions)
            .Add(HearthLabels.TrainingJob, host.Informer<TrainingJob>())
            .Add(HearthLabels.Federation, host.Informer<FederatedAggregation>());
        var history = new LoadHistory(new() { Tick = options.ScaleTick });
        var leases = host.Informer<V1Lease>(GatewayDirectory.Selector, options.GatewayLeaseNamespace);
        var gateways = new GatewayDirectory(leases, options.GatewayLeaseNamespace, time);

        var control = Own(new HttpWorkerControl(client));
        var activator = new WorkerActivator(client, control, options.Identity, options.WorkerPods, time, new Random());
        var work = new BackgroundWork(time, log);
        var releases = new WorkerReleases(activator, pools, history, work, metrics, time, log);
        var activations = new WorkerActivations(activator, workers, choice, work, time, log);

        var poolController = new WorkerPoolController(
            client, workers, host.Informer<V1Secret>(HearthLabels.Pool), owners, releases,
            new(activator, choice, workers, work), options.WorkerPods, host.Events, metrics, time);
        var functionController = new InferenceFunctionController(
            client, workers, pools, functions, activations, releases, history, new(new()), new(client, host.Informer<V1ControllerRevision>(HearthLabels.Function)), gateways,
            options.Identity, host.Events, time);
        var activity = new FederationActivity(time);
        var trees = new FederationTrees(
            workers, host.Informer<FederatedAggregation>(), host.Informer<V1Secret>(HearthLabels.Pool), activations, control, time);
        var federationController = new FederatedAggregationController(
            client, workers, pools, activations, releases, new(control, time), trees, gateways, activity, host.Events, time);
        var jobController = new TrainingJobController(client, workers, pools, activations, releases, new(control, time), host.Events, time);
        var reader = new GatewayLoadReader(
            gateways, functions, history, activity, Own(new HttpClient()), options.ScaleTick, time, log);
        AddControllers(host, poolController, functionController, federationController, jobController, reader);

        var app = await OperationsServer.StartAsync(
            options.OperationsListen, exporter, () => host.IsReady ? null : "the cluster's objects are not known yet", logs, cancel);
        _parts.Push(app);
        OperationsUrl = app.Urls.Single();
        Completion = RunAsync(host, leases, reader, work);
    }

    /// <summary>What wakes each controller.</summary>
    private static void AddControllers(
        ControllerHost host, WorkerPoolController pools, InferenceFunctionController functions, FederatedAggregationController federations,
        TrainingJobController jobs, GatewayLoadReader reader)
    {
        host.AddController(pools, builder =>
        {
            pools.Enqueue = builder.Enqueue;
            builder
                .Owns<V1Secret>(HearthLabels.Pool)
                .Watches<V1Pod>(pod => KeyOf(pod, HearthLabels.Pool), HearthLabels.Pool, Wakeups.AfterClaim);
            Wakeups.WhenGone<InferenceFunction>(host, f => f.Spec.Pool, builder.Enqueue);
            Wakeups.WhenGone<FederatedAggregation>(host, f => f.Spec.Pool, builder.Enqueue);
            Wakeups.WhenGone<TrainingJob>(host, j => j.Spec.Pool, builder.Enqueue);
        });
        host.AddController(functions, builder =>
        {
            functions.Enqueue = reader.Enqueue = builder.Enqueue;
            builder
                .Owns<V1ControllerRevision>(HearthLabels.Function)
                .Watches<V1Pod>(pod => KeyOf(pod, HearthLabels.Function), HearthLabels.Pool, Wakeups.AfterClaim);
            Wakeups.WhenPoolComesOrGoes<InferenceFunction>(host, f => f.Spec.Pool, builder.Enqueue);
            Wakeups.WhenFallbackComesOrGoes(host.Informer<InferenceFunction>(), builder.Enqueue);
        });
        host.AddController(federations, builder =>
        {
            federations.Enqueue = reader.EnqueueFederation = builder.Enqueue;
            builder.Watches<V1Pod>(pod => KeyOf(pod, HearthLabels.Federation), HearthLabels.Pool);
            Wakeups.WhenPoolComesOrGoes<FederatedAggregation>(host, f => f.Spec.Pool, builder.Enqueue);
        });
        host.AddController(jobs, builder =>
        {
            jobs.Enqueue = builder.Enqueue;
            builder.Watches<V1Pod>(pod => KeyOf(pod, HearthLabels.TrainingJob), HearthLabels.Pool);
            Wakeups.WhenPoolComesOrGoes<TrainingJob>(host, j => j.Spec.Pool, builder.Enqueue);
        });
    }

    private async Task RunAsync(ControllerHost host, IInformer<V1Lease> leases, GatewayLoadReader reader, BackgroundWork work)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var read = ReadAsync(host, leases, reader, reading.Token);
        try
        {
            await host.RunAsync(_stop.Token);
        }
        finally
        {
            // Whoever lost the lease must not act any more, in the background either.
            await work.DisposeAsync();
            await reading.CancelAsync();
            await read;
        }
    }

    private static async Task ReadAsync(ControllerHost host, IInformer<V1Lease> leases, GatewayLoadReader reader, CancellationToken cancel)
    {
        try
        {
            // Before the leases are known it would look as if there were no gateway.
            await leases.WaitForSyncAsync(cancel);
            await host.Informer<InferenceFunction>().WaitForSyncAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        await reader.RunAsync(cancel);
    }

    private static IEnumerable<ObjectKey> KeyOf(V1Pod pod, string label) =>
        pod.GetLabel(label) is { } name ? [new(pod.Namespace(), name)] : [];

    private T Own<T>(T part)
        where T : IDisposable
    {
        _parts.Push(new Disposal(part));
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
