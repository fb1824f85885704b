using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace Hearth.Cli.Local.Nodes;

/// <summary>Runs one pod from the moment the node learns of it until the API server has forgotten it.</summary>
/// <remarks>
/// 1. Every container runs under a supervisor of its own. 2. Whatever they report is published as the pod's status, the latest state only.
/// 3. A deletion stops them within the grace period; then the node, and nobody else, lets the API server forget the pod.
/// </remarks>
internal sealed partial class PodSupervisor : IDisposable
{
    private static readonly TimeSpan PublishRetry = TimeSpan.FromSeconds(1);

    private readonly NodeServices _node;
    private readonly ILogger _log;
    private readonly ContainerSupervisor[] _containers;
    private readonly DateTimeOffset _startTime;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _kill;
    private readonly TaskCompletionSource _deleted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private V1Pod _pod;
    private string? _shutdown;

    public PodSupervisor(V1Pod pod, IPAddress address, NodeServices node)
    {
        _pod = pod;
        _node = node;
        _log = node.Logs.CreateLogger<PodSupervisor>();
        _kill = new(Timeout.InfiniteTimeSpan, node.Time);
        Address = address;
        _startTime = pod.Status?.StartTime ?? node.Time.GetUtcNow();
        var sandbox = new PodSandbox(pod, address, node);
        _containers = [.. pod.Spec.Containers.Select(c => new ContainerSupervisor(c, sandbox, () => _changes.Writer.TryWrite(true)))];
    }

    /// <summary>Address of the pod.</summary>
    public IPAddress Address { get; }

    /// <summary>Takes in a newer version of the pod, which may ask for its end.</summary>
    public void Update(V1Pod pod)
    {
        _pod = pod;
        if (pod.IsDeleting())
            Stop(TimeSpan.FromSeconds(pod.Metadata.DeletionGracePeriodSeconds ?? 30));
    }

    /// <summary>The API server has forgotten the pod: its processes end at once.</summary>
    public void Forget()
    {
        _deleted.TrySetResult();
        Stop(TimeSpan.Zero);
    }

    /// <summary>The node goes: the processes end within <paramref name="grace"/> and the pod is reported as failed.</summary>
    public void ShutDown(TimeSpan grace)
    {
        _shutdown = "Pod was terminated in response to imminent node shutdown.";
        Stop(grace);
    }

    /// <summary>The log of a container's latest run, or of the one before; null when there is none.</summary>
    public OpenLog? FindLog(string container, bool previous)
    {
        if (_containers.FirstOrDefault(c => c.Status.Name == container) is not { } supervisor)
            return null;
        var run = supervisor.Status.RestartCount - (previous ? 1 : 0);
        var path = _node.Directories.Log(_pod.Uid(), container, run);
        return File.Exists(path) ? new(path, () => supervisor.Status is { State.Running: not null } s && s.RestartCount == run) : null;
    }

    /// <summary>Cuts the logs that have grown too long.</summary>
    public void CutLogs()
    {
        foreach (var status in _containers.Select(c => c.Status))
            ContainerLog.Cut(_node.Directories.Log(_pod.Uid(), status.Name, status.RestartCount));
    }

    /// <summary>Runs until the pod is gone or the node has shut down; no process and no file of the pod is left then.</summary>
    public async Task RunAsync()
    {
        var publishing = PublishAsync();
        await Task.WhenAll(_containers.Select(c => c.RunAsync(_stop.Token, _kill.Token)));
        _changes.Writer.TryWrite(true);
        await Task.WhenAny(_deleted.Task, Task.Delay(Timeout.InfiniteTimeSpan, _node.Time, _stop.Token));
        _changes.Writer.TryComplete();
        await publishing;
        await DeleteAsync();
        Remove(_node.Directories.Pod(_pod.Uid()));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _kill.Dispose();
    }

    private void Stop(TimeSpan grace)
    {
        _kill.CancelAfter(grace);
        // What waits for it goes on elsewhere: the caller holds the lock of the node's pods.
        _ = _stop.CancelAsync();
    }

    private async Task PublishAsync()
    {
        var published = "";
        await foreach (var _ in _changes.Reader.ReadAllAsync())
        {
            while (!_deleted.Task.IsCompleted)
            {
                var status = Status();
                var text = JsonSerializer.Serialize(status, ApiJsonContext.Default.V1PodStatus);
                if (text == published || await TryPublishAsync(text))
                {
                    published = text;
                    break;
                }
                if (_stop.IsCancellationRequested)
                    break;
                await Task.Delay(PublishRetry, _node.Time);
            }
        }
    }

    private V1PodStatus Status()
    {
        var status = PodStatusBuilder.Build(_pod, [.. _containers.Select(c => c.Status)], Address, _node.Address, _startTime, _node.Time.GetUtcNow());
        return _shutdown is null || status.Phase == "Succeeded" ? status : status with { Phase = "Failed", Reason = "Terminated", Message = _shutdown };
    }

    private async Task<bool> TryPublishAsync(string status)
    {
        try
        {
            var patch = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = _pod.Uid() }, ["status"] = JsonNode.Parse(status) };
            _pod = await _node.Client.PatchAsync<V1Pod>(_pod.Name(), _pod.Namespace(), new(patch), "status");
            return true;
        }
        catch (KubernetesException e) when (e.IsNotFound || e.IsConflict)
        {
            // Gone, or another pod of the same name: the watch is about to say so.
            return true;
        }
        catch (Exception e) when (e is KubernetesException or HttpRequestException)
        {
            Log.PublishFailed(_log, _pod.Namespace(), _pod.Name(), e.Message);
            return false;
        }
    }

    /// <summary>Tells the API server that nothing of a deleted pod is left here. A node that shuts down leaves its pods to their owners.</summary>
    private async Task DeleteAsync()
    {
        while (_shutdown is null && !_deleted.Task.IsCompleted)
        {
            try
            {
                await _node.Client.DeleteAsync<V1Pod>(_pod.Name(), _pod.Namespace(), new() { GracePeriodSeconds = 0, Uid = _pod.Uid() });
                return;
            }
            catch (KubernetesException e) when (e.IsConflict)
            {
                return;
            }
            catch (Exception e) when (e is KubernetesException or HttpRequestException)
            {
                Log.PublishFailed(_log, _pod.Namespace(), _pod.Name(), e.Message);
                await Task.WhenAny(_deleted.Task, Task.Delay(PublishRetry, _node.Time));
            }
        }
    }

    private static void Remove(string directory)
    {
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
    }

    private static partial class Log
    {
        [LoggerMessage(2011, LogLevel.Warning, "Pod {Namespace}/{Name}: the API server did not take a change, trying again: {Message}")]
        public static partial void PublishFailed(ILogger logger, string @namespace, string name, string message);
    }
}
