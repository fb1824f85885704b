using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Informers;
using Microsoft.Extensions.Logging;

namespace Hearth.Kubernetes.Controllers;

/// <summary>One informer per kind, selector and namespace, shared by all who ask. One asked for while the set runs is started at once.</summary>
internal sealed class InformerSet(IKubernetesClient client, string? ns, TimeProvider time, ILoggerFactory logs)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(Type Kind, string? Selector, string? Namespace), IRunnableInformer> _informers = [];
    private readonly List<Task> _running = [];
    private CancellationToken? _started;

    public bool HasSynced => All().TrueForAll(i => i.HasSynced);

    public Informer<T> Get<T>(string? labelSelector, string? within = null)
        where T : class, IResource<T>
    {
        var key = (typeof(T), labelSelector, within ?? ns);
        lock (_lock)
        {
            if (_informers.TryGetValue(key, out var existing))
                return (Informer<T>)existing;
            var added = new Informer<T>(client, new InformerOptions { Namespace = key.Item3, LabelSelector = labelSelector }, time, logs);
            _informers.Add(key, added);
            if (_started is { } cancel)
                Start(added, cancel);
            return added;
        }
    }

    /// <summary>Starts all informers.</summary>
    public void Start(CancellationToken cancel)
    {
        lock (_lock)
        {
            _started = cancel;
            foreach (var informer in _informers.Values)
                Start(informer, cancel);
        }
    }

    public Task WaitForSyncAsync(CancellationToken cancel) => Task.WhenAll(All().Select(i => i.WaitForSyncAsync(cancel)));

    /// <summary>Completes when every informer has ended, after what they were started with was cancelled.</summary>
    public Task WaitForEndAsync()
    {
        lock (_lock)
            return Task.WhenAll(_running);
    }

    private void Start(IRunnableInformer informer, CancellationToken cancel) =>
        _running.Add(Task.Run(() => informer.RunAsync(cancel), CancellationToken.None));

    private List<IRunnableInformer> All()
    {
        lock (_lock)
            return [.. _informers.Values];
    }
}
