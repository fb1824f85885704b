using System.Collections.Concurrent;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Informers;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Result = Hearth.Kubernetes.Controllers.ReconciliationResult<Hearth.Api.Core.V1ConfigMap>;

namespace Hearth.Kubernetes.Tests.Faults;

/// <summary>One replica of an operator that keeps a pod for each config map. Killed, it says nothing more to the server, as a process that died.</summary>
internal sealed class Replica : IEntityController<V1ConfigMap>
{
    private readonly ApiServerFixture _server;
    private readonly ConcurrentQueue<string> _intrusions;
    private readonly KillSwitch _transport = new();
    private readonly KubernetesClient _client;
    private readonly ControllerHost _host;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, string> _expected = [];
    private readonly TaskCompletionSource _acted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;

    public Replica(ApiServerFixture server, string identity, ConcurrentQueue<string> intrusions)
    {
        (_server, Identity, _intrusions) = (server, identity, intrusions);
        // Replicas need not agree on the time, nor on how it goes.
        var clock = new JumpyTimeProvider(new Random(identity.Sum(c => c)));
        var configuration = new KubernetesClientConfiguration { Host = server.BaseUri.AbsoluteUri, AccessToken = server.Token };
        _client = new KubernetesClient(configuration, ApiTransport.Chain(configuration, clock, _transport), clock);
        var options = new ControllerHostOptions
        {
            Namespace = "default",
            LeaseNamespace = "default",
            Identity = identity,
            LeaseDuration = TimeSpan.FromSeconds(2),
            RenewDeadline = TimeSpan.FromSeconds(1.2),
            RetryPeriod = TimeSpan.FromSeconds(0.2),
        };
        _host = new ControllerHost(_client, options, clock, NullLoggerFactory.Instance);
        Pods.AddIndex("owner", pod => pod.GetController() is { } owner ? [owner.Uid] : []);
        _host.AddController(this, b => b.Owns<V1Pod>());
        _running = _host.RunAsync(_stop.Token);
    }

    public string Identity { get; }

    private IInformer<V1Pod> Pods => _host.Informer<V1Pod>();

    /// <summary>Completes when it has reconciled something.</summary>
    public Task ActsAsync(CancellationToken cancel) => _acted.Task.WaitAsync(cancel);

    public async Task KillAsync()
    {
        _transport.IsCut = true;
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _client.Dispose();
        _stop.Dispose();
    }

    public async Task<Result> ReconcileAsync(V1ConfigMap entity, CancellationToken cancel)
    {
        _acted.TrySetResult();

        // What it made itself may not be in its copy yet.
        var isOpen = _expected.TryGetValue(entity.Uid(), out var made) && Pods.Get(made, "default") is null
            && await _client.GetAsync<V1Pod>(made, "default", cancel) is not null;
        if (isOpen || Pods.ByIndex("owner", entity.Uid()).Count > 0)
            return Result.Success(entity);
        await WatchOutAsync(cancel);
        var pod = await _client.CreateAsync(
            new V1Pod
            {
                Metadata = new() { GenerateName = $"{entity.Name()}-", Namespace = "default", OwnerReferences = [entity.MakeOwnerReference()] },
                Spec = new() { Containers = [new() { Name = "main", Image = "i" }] },
            },
            cancel);
        _expected[entity.Uid()] = pod.Name();
        return Result.Success(entity);
    }

    /// <summary>Whoever acts must hold the lease, as the server has it.</summary>
    private async Task WatchOutAsync(CancellationToken cancel)
    {
        var holder = (await _server.Client.GetAsync<V1Lease>("hearth-operator", "default", cancel))?.Spec.HolderIdentity;
        if (holder != Identity && !_transport.IsCut && !cancel.IsCancellationRequested)
            _intrusions.Enqueue($"{Identity} acted while {holder} held the lease");
    }

    private sealed class KillSwitch() : DelegatingHandler(new SocketsHttpHandler())
    {
        public volatile bool IsCut;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            IsCut ? throw new HttpRequestException("The process is dead.") : base.SendAsync(request, cancellationToken);
    }
}
