using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Events;
using Hearth.Kubernetes.Informers;
using Hearth.Kubernetes.Leases;
using Hearth.Kubernetes.Queues;
using Microsoft.Extensions.Logging;

namespace Hearth.Kubernetes.Controllers;

/// <summary>Runs controllers: shared informers, one work queue per controller, leader election.</summary>
public sealed class ControllerHost
{
    private readonly IKubernetesClient _client;
    private readonly ControllerHostOptions _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logs;
    private readonly InformerSet _informers;
    private readonly List<IHostedController> _controllers = [];
    private bool _hasRun;

    /// <param name="client">The API server.</param>
    /// <param name="options">Name, namespaces, concurrency.</param>
    /// <param name="time">Clock of everything the host runs.</param>
    /// <param name="logs">Where reconciles are reported, in a scope of namespace, name, uid and reconcile id.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option makes no sense; the message names it.</exception>
    public ControllerHost(IKubernetesClient client, ControllerHostOptions options, TimeProvider time, ILoggerFactory logs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConcurrentReconciles, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.ResyncPeriod, TimeSpan.Zero);
        _client = client;
        _options = options;
        _time = time;
        _logs = logs;
        _informers = new InformerSet(client, options.Namespace, time, logs);
        Events = new EventRecorder(client, options.Name, options.Identity, time, logs.CreateLogger<EventRecorder>()).PublishAsync;
    }

    /// <summary>Records events as <see cref="ControllerHostOptions.Name"/>.</summary>
    public EventPublisher Events { get; }

    /// <summary>Ready once every informer has synced.</summary>
    public bool IsReady => _informers.HasSynced;

    /// <summary>The shared informer of a kind and selector; made on first use, started by <see cref="RunAsync"/>.</summary>
    /// <param name="labelSelector">Labels of the objects it knows; null for all.</param>
    /// <param name="ns">Namespace of the objects it knows; null for <see cref="ControllerHostOptions.Namespace"/>.</param>
    public IInformer<T> Informer<T>(string? labelSelector = null, string? ns = null)
        where T : class, IResource<T> => _informers.Get<T>(labelSelector, ns);

    /// <summary>Adds a controller before the host runs.</summary>
    /// <exception cref="InvalidOperationException">The host runs already.</exception>
    public ControllerHost AddController<T>(IEntityController<T> controller, Action<ControllerBuilder<T>>? configure = null)
        where T : class, IResource<T>
    {
        ThrowIfRun();
        var name = T.Definition.Kind.ToLowerInvariant();
        var queue = new WorkQueue<ObjectKey>(name, _time);
        var log = _logs.CreateLogger(controller.GetType());
        _controllers.Add(new Controller<T>(name, controller, _informers.Get<T>(null), queue, _options, _time, log));
        configure?.Invoke(new ControllerBuilder<T>(_informers, queue));
        return this;
    }

    /// <summary>Runs until cancelled and every reconcile has ended.</summary>
    /// <exception cref="LeadershipLostException">Another replica leads: the process should end.</exception>
    /// <exception cref="InvalidOperationException">The host has run already: it runs once.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        ThrowIfRun();
        _hasRun = true;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _informers.Start(stop.Token);
        try
        {
            if (_options.LeaseNamespace is { } ns)
                await RunAsLeaderAsync(ns, stop.Token);
            else
                await RunControllersAsync(stop.Token);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
        finally
        {
            await stop.CancelAsync();
            await _informers.WaitForEndAsync();
        }
    }

    private void ThrowIfRun()
    {
        if (_hasRun)
            throw new InvalidOperationException("The host was started already: add controllers before RunAsync, and run a host once.");
    }

    private async Task RunControllersAsync(CancellationToken cancel)
    {
        await _informers.WaitForSyncAsync(cancel);
        await Task.WhenAll(_controllers.Select(c => c.RunAsync(cancel)));
    }

    private async Task RunAsLeaderAsync(string leaseNamespace, CancellationToken cancel)
    {
        var lease = new LeaderElectorOptions
        {
            Namespace = leaseNamespace,
            Name = _options.Name,
            Identity = _options.Identity,
            LeaseDuration = _options.LeaseDuration,
            RenewDeadline = _options.RenewDeadline,
            RetryPeriod = _options.RetryPeriod,
        };

        // A lost lease may be taken by another after this time: calls that have not ended by then are left behind.
        var endWithin = lease.LeaseDuration - lease.RenewDeadline;
        var elector = new LeaderElector(_client, lease, _time, _logs);
        await elector.AcquireAsync(cancel);
        using var leading = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var keep = elector.KeepAsync(leading.Token);
        var work = RunControllersAsync(leading.Token);
        await Task.WhenAny(keep, work);
        await leading.CancelAsync();
        var end = keep.IsFaulted ? work.WaitAsync(endWithin, _time, CancellationToken.None) : work;
        await end.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await keep;
        using var deadline = new CancellationTokenSource(endWithin, _time);
        await elector.ReleaseAsync(deadline.Token);
        await work;
    }
}
