using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Informers;
using Microsoft.Extensions.Logging;

namespace Hearth.Kubernetes.Controllers;

/// <summary>Runs controllers: shared informers, one work queue per controller, leader election.</summary>
public sealed class ControllerHost(IKubernetesClient client, ControllerHostOptions options, TimeProvider time, ILoggerFactory logs)
{
    /// <summary>Records events as <see cref="ControllerHostOptions.Name"/>.</summary>
    public EventPublisher Events => throw new NotImplementedException($"{client} {options} {time} {logs}");

    /// <summary>The shared informer of a kind and selector; made on first use, started by <see cref="RunAsync"/>.</summary>
    public IInformer<T> Informer<T>(string? labelSelector = null)
        where T : class, IResource<T> => throw new NotImplementedException();

    /// <summary>Adds a controller before the host runs.</summary>
    public ControllerHost AddController<T>(IEntityController<T> controller, Action<ControllerBuilder<T>>? configure = null)
        where T : class, IResource<T> => throw new NotImplementedException();

    /// <summary>Ready once every informer has synced.</summary>
    public bool IsReady => throw new NotImplementedException();

    /// <summary>Runs until cancelled, or throws when leadership is lost.</summary>
    public Task RunAsync(CancellationToken cancel) => throw new NotImplementedException();
}
