namespace Hearth.Kubernetes.Informers;

/// <summary>An informer of any kind, as its host sees it.</summary>
internal interface IRunnableInformer
{
    bool HasSynced { get; }

    Task WaitForSyncAsync(CancellationToken cancel);

    Task RunAsync(CancellationToken cancel);
}
