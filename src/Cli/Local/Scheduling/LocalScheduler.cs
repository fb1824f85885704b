using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Informers;
using Microsoft.Extensions.Logging;

namespace Hearth.Cli.Local.Scheduling;

/// <summary>Binds pods without a node, one pass after another; whatever changes among pods and nodes asks for a pass.</summary>
internal sealed partial class LocalScheduler : IAsyncDisposable
{
    private const string PodScheduled = nameof(PodScheduled);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly IKubernetesClient _client;
    private readonly PodBinder _binder;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Informer<V1Pod> _pods;
    private readonly Informer<V1Node> _nodes;
    private readonly Channel<bool> _passes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    // Pods that this scheduler bound and the copy does not show as bound yet: they take room already.
    private readonly Dictionary<string, V1Pod> _assumed = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public LocalScheduler(IKubernetesClient client, PodBinder binder, TimeProvider time, ILoggerFactory logs)
    {
        _client = client;
        _binder = binder;
        _time = time;
        _log = logs.CreateLogger<LocalScheduler>();
        _pods = new(client, new(), time, logs);
        _nodes = new(client, new(), time, logs);
        _pods.Subscribe(_ => _passes.Writer.TryWrite(true));
        _nodes.Subscribe(_ => _passes.Writer.TryWrite(true));
        _running = Task.WhenAll(_pods.RunAsync(_stop.Token), _nodes.RunAsync(_stop.Token), RunAsync(_stop.Token));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await _pods.WaitForSyncAsync(stop);
            await _nodes.WaitForSyncAsync(stop);
            await foreach (var _ in _passes.Reader.ReadAllAsync(stop))
                await PassAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Disposed.
        }
    }

    private async Task PassAsync(CancellationToken stop)
    {
        var pods = _pods.List();
        foreach (var known in _assumed.Keys.Except(pods.Where(p => p.Spec.NodeName is null).Select(p => p.Uid())).ToList())
            _assumed.Remove(known);
        foreach (var pod in pods.Where(IsPending).OrderBy(p => p.Metadata.CreationTimestamp))
        {
            try
            {
                await ScheduleAsync(pod, [.. pods.Where(IsBound), .. _assumed.Values], stop);
            }
            catch (KubernetesException e) when (e.IsNotFound || e.IsConflict)
            {
                // Gone or changed since: its next version asks for the next pass.
            }
            catch (Exception e) when (e is KubernetesException or HttpRequestException)
            {
                Log.Failed(_log, pod.Namespace(), pod.Name(), e.Message);
                await Task.Delay(Retry, _time, stop);
                _passes.Writer.TryWrite(true);
            }
        }
    }

    private bool IsPending(V1Pod pod) =>
        pod.Spec.NodeName is null && !pod.IsDeleting() && !_assumed.ContainsKey(pod.Uid())
        && pod.Spec.SchedulerName is null or "" or "default-scheduler";

    private static bool IsBound(V1Pod pod) => pod.Spec.NodeName is not null && pod.Status?.Phase is not ("Succeeded" or "Failed");

    private async Task ScheduleAsync(V1Pod pod, IReadOnlyList<V1Pod> bound, CancellationToken stop)
    {
        var decision = SchedulingPlanner.Decide(pod, _nodes.List(), bound);
        if (decision.Node is { } node && await _binder.BindAsync(pod, node, stop))
            _assumed[pod.Uid()] = pod with { Spec = pod.Spec with { NodeName = node } };
        else if (decision.Message is { } message && pod.Status?.Conditions?.Any(c => c.Type == PodScheduled && c.Message == message) != true)
            await ReportAsync(pod, message, stop);
    }

    /// <summary>Says why the pod has no node. Only on the version that was decided on: from its binding on, the pod is its node's.</summary>
    private async Task ReportAsync(V1Pod pod, string message, CancellationToken stop)
    {
        var condition = new V1PodCondition
        {
            Type = PodScheduled,
            Status = ConditionStatus.False,
            Reason = "Unschedulable",
            Message = message,
            LastTransitionTime = _time.GetUtcNow(),
        };
        var others = pod.Status?.Conditions?.Where(c => c.Type != PodScheduled) ?? [];
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = pod.Metadata.ResourceVersion },
            ["status"] = JsonSerializer.SerializeToNode(new V1PodStatus { Conditions = [.. others, condition] }, ApiJsonContext.Default.V1PodStatus),
        };
        await _client.PatchAsync<V1Pod>(pod.Name(), pod.Namespace(), new(patch), "status", stop);
    }

    private static partial class Log
    {
        [LoggerMessage(2051, LogLevel.Warning, "Pod {Namespace}/{Name} could not be scheduled: {Message}")]
        public static partial void Failed(ILogger logger, string @namespace, string name, string message);
    }
}
