using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Apps;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.TrainingJobs;
using Hearth.Api.WorkerPools;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Controllers;
using Hearth.Operator.FederatedAggregations;
using Hearth.Operator.Gateways;
using Hearth.Operator.InferenceFunctions;
using Hearth.Operator.TrainingJobs;
using Hearth.Operator.WorkerPools;
using Hearth.Operator.Workers;
using Hearth.Policies.Scaling;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Operator.Tests;

/// <summary>What one operator process holds in memory: its view of the cluster, its work under way, its controllers.</summary>
internal sealed class OperatorLife : IAsyncDisposable
{
    private readonly OperatorMetrics _metrics = new();
    private readonly FakeInformer<V1Pod> _pods = new();
    private readonly FakeInformer<V1Secret> _secrets = new();
    private readonly FakeInformer<V1Lease> _leases = new();
    private readonly FakeInformer<V1ControllerRevision> _revisions = new();

    public OperatorLife(IKubernetesClient client, IWorkerControl control, EventPublisher events, TimeProvider time)
    {
        var workers = new WorkerCache(_pods, time);
        var choice = new WorkerChoice(_pods, zone: null, new Random(2));
        var activator = new WorkerActivator(client, control, OperatorWorld.Identity, new(), time, new Random(1));
        Activity = new(time);
        Work = new(time, NullLogger.Instance);
        Gateways = new(_leases, "hearth-system", time);
        var releases = new WorkerReleases(activator, Pools, History, Work, _metrics, time, NullLogger.Instance);
        var activations = new WorkerActivations(activator, workers, choice, Work, time, NullLogger.Instance);
        var owners = new WorkerOwners().Add(HearthLabels.Function, Functions).Add(HearthLabels.Federation, Federations).Add(HearthLabels.TrainingJob, Jobs);
        PoolController = new(client, workers, _secrets, owners, releases, new(activator, choice, workers, Work), new(), events, _metrics, time);
        FunctionController = new(
            client, workers, Pools, Functions, activations, releases, History, new(new()), new(client, _revisions), Gateways, OperatorWorld.Identity, events, time);
        FederationController = new(client, workers, Pools, activations, releases, new(control, time), new(workers, Federations, _secrets, activations, control, time), Gateways, Activity, events, time);
        JobController = new(client, workers, Pools, activations, releases, new(control, time), events, time);
    }

    public FakeInformer<WorkerPool> Pools { get; } = new();

    public FakeInformer<InferenceFunction> Functions { get; } = new();

    public FakeInformer<FederatedAggregation> Federations { get; } = new();

    public FakeInformer<TrainingJob> Jobs { get; } = new();

    public LoadHistory History { get; } = new(new());

    public GatewayDirectory Gateways { get; }

    public FederationActivity Activity { get; }

    public BackgroundWork Work { get; }

    public WorkerPoolController PoolController { get; }

    public InferenceFunctionController FunctionController { get; }

    public FederatedAggregationController FederationController { get; }

    public TrainingJobController JobController { get; }

    /// <summary>Brings the informers up to the cluster.</summary>
    public async Task RefreshAsync(IKubernetesClient client)
    {
        await RefreshAsync(_pods, client);
        await RefreshAsync(_secrets, client);
        await RefreshAsync(_leases, client);
        await RefreshAsync(_revisions, client);
        await RefreshAsync(Pools, client);
        await RefreshAsync(Functions, client);
        await RefreshAsync(Federations, client);
        await RefreshAsync(Jobs, client);
        Gateways.Refresh();
    }

    public async ValueTask DisposeAsync()
    {
        await Work.DisposeAsync();
        _metrics.Dispose();
    }

    private static async Task RefreshAsync<T>(FakeInformer<T> informer, IKubernetesClient client)
        where T : class, IResource<T>
    {
        var there = (await client.ListAsync<T>(null)).Items;
        foreach (var gone in informer.List().ExceptBy(there.Select(e => e.Uid()), e => e.Uid()))
            informer.Remove(gone);
        foreach (var entity in there)
            informer.Set(entity);
    }
}
