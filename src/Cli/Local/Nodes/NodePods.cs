using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Informers;
using Microsoft.Extensions.Logging;

namespace Hearth.Cli.Local.Nodes;

/// <summary>The pods of a node, each under its supervisor.</summary>
internal sealed partial class NodePods(NodeServices node, PodAddresses addresses) : IPodLogs
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (PodSupervisor Supervisor, V1Pod Pod, Task Run)> _pods = [];
    private readonly ILogger _log = node.Logs.CreateLogger<NodePods>();
    private bool _shutDown;

    /// <summary>Takes in what the API server says of a pod of this node.</summary>
    public void Handle(InformerEvent<V1Pod> change)
    {
        lock (_lock)
        {
            if (change.New is { } pod)
                Run(pod);
            if (change.Old is { } old && change.New?.Uid() != old.Uid() && _pods.TryGetValue(old.Uid(), out var gone))
                gone.Supervisor.Forget();
        }
    }

    /// <summary>Ends every pod's processes within <paramref name="grace"/> and waits for that.</summary>
    public async Task ShutDownAsync(TimeSpan grace)
    {
        Task[] runs;
        lock (_lock)
        {
            _shutDown = true;
            foreach (var (supervisor, _, _) in _pods.Values)
                supervisor.ShutDown(grace);
            runs = [.. _pods.Values.Select(p => p.Run)];
        }
        await Task.WhenAll(runs);
    }

    /// <inheritdoc/>
    public OpenLog? Find(string ns, string pod, string container, bool previous)
    {
        lock (_lock)
        {
            return _pods.Values.FirstOrDefault(p => p.Pod.Namespace() == ns && p.Pod.Name() == pod).Supervisor?.FindLog(container, previous);
        }
    }

    /// <summary>Cuts logs that have grown too long.</summary>
    public void CutLogs()
    {
        lock (_lock)
        {
            foreach (var (supervisor, _, _) in _pods.Values)
                supervisor.CutLogs();
        }
    }

    private void Run(V1Pod pod)
    {
        if (_pods.TryGetValue(pod.Uid(), out var known))
        {
            _pods[pod.Uid()] = known with { Pod = pod };
            known.Supervisor.Update(pod);
            return;
        }
        if (_shutDown || (pod.Status?.Phase is "Succeeded" or "Failed" && !pod.IsDeleting()))
            return;
        if (addresses.Take(pod.Status?.PodIP) is not { } address)
        {
            Log.NoAddress(_log, pod.Namespace(), pod.Name());
            return;
        }
        var supervisor = new PodSupervisor(pod, address, node);
        supervisor.Update(pod);
        _pods[pod.Uid()] = (supervisor, pod, RunAsync(pod.Uid(), supervisor));
    }

    private async Task RunAsync(string uid, PodSupervisor supervisor)
    {
        // Off the watch at once: whatever a pod does, the next pod's event is not kept waiting.
        await Task.Yield();
        try
        {
            await supervisor.RunAsync();
        }
        catch (Exception e)
        {
            Log.PodFailed(_log, e, uid);
        }
        lock (_lock)
        {
            _pods.Remove(uid);
            addresses.Return(supervisor.Address);
            supervisor.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2021, LogLevel.Error, "No address is left for pod {Namespace}/{Name}")]
        public static partial void NoAddress(ILogger logger, string @namespace, string name);

        [LoggerMessage(2022, LogLevel.Critical, "Supervision of pod {Uid} broke")]
        public static partial void PodFailed(ILogger logger, Exception exception, string uid);
    }
}
