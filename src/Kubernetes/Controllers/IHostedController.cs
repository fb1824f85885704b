namespace Hearth.Kubernetes.Controllers;

/// <summary>A controller of any kind, as its host sees it.</summary>
internal interface IHostedController
{
    /// <summary>Reconciles until cancelled; returns when no call is under way any more.</summary>
    Task RunAsync(CancellationToken cancel);
}
