using Hearth.Api.Core;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Informers;
using Microsoft.Extensions.Logging;

namespace Hearth.Cli.Local.Nodes;

/// <summary>A node whose pods are processes of this machine: each pod has a loopback address of its own, each container is a process.</summary>
/// <remarks>
/// It registers with any API server as a kubelet does and needs neither root nor containers. Nothing is isolated: a pod sees the machine's
/// files and the node's environment. When the node ends, and be it by <c>kill -9</c>, its processes and its directory are gone; when it comes back under
/// its name, the pods that are still bound to it start anew with the addresses they had.
/// </remarks>
internal sealed partial class ProcessNode : IAsyncDisposable
{
    private readonly ProcessNodeOptions _options;
    private readonly ILogger _log;
    private readonly KubeletEndpoint _endpoint;
    private readonly ProcessGuard _guard;
    private readonly HttpClient _http;
    private readonly NodePods _pods;
    private readonly NodeRegistration _registration;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private ProcessNode(
        ProcessNodeOptions options, LoopbackRange range, KubeletEndpoint endpoint, LateLogs logs,
        IKubernetesClient client, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options;
        _log = loggers.CreateLogger<ProcessNode>();
        _endpoint = endpoint;
        var directories = new NodeDirectories(options.Directory);
        _guard = ProcessGuard.Start(options.Directory, directories.InMemory);
        _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false });
        var services = new NodeServices(
            options.Name, range.Address(1), options.Hearth, directories, options.Claims, _guard.PidDirectory, client, _http, time, loggers);
        _pods = new(services, new(range));
        logs.Pods = _pods;
        _registration = new(options, range, range.Address(1), client, time, loggers.CreateLogger<NodeRegistration>());
        Range = range;
        var informer = new Informer<V1Pod>(
            client, new() { FieldSelector = $"spec.nodeName={options.Name}", MaxDelay = TimeSpan.FromSeconds(2) }, time, loggers);
        informer.Subscribe(_pods.Handle);
        _running = RunAsync(informer, _stop.Token);
    }

    /// <summary>Addresses of the node and its pods.</summary>
    public LoopbackRange Range { get; }

    /// <summary>Starts a node and registers it. It takes the addresses it had under its name, else the first that are free.</summary>
    /// <exception cref="KubernetesException">The API server refused the node.</exception>
    /// <exception cref="InvalidOperationException">No address range is left, or another process runs this node.</exception>
    public static async Task<ProcessNode> StartAsync(
        ProcessNodeOptions options, IKubernetesClient client, TimeProvider time, ILoggerFactory loggers, CancellationToken cancel)
    {
        var known = LoopbackRange.Parse((await client.GetAsync<V1Node>(options.Name, null, cancel))?.Spec.PodCIDR);
        var owner = $"node {options.Name} of {client.BaseUri}";
        var logs = new LateLogs();
        foreach (var range in known is { } own ? LoopbackRange.All.Prepend(own) : LoopbackRange.All)
        {
            // Listening on the node's own address is what makes the range this node's: no other process can.
            if (await KubeletEndpoint.TryStartAsync(range.Address(1), owner, options.LogToken, logs, time, cancel) is { } endpoint)
                return await StartAsync(new(options, range, endpoint, logs, client, time, loggers), cancel);
            if (range == known && await KubeletEndpoint.ReadOwnerAsync(range.Address(1), cancel) == owner)
                throw new InvalidOperationException($"another process runs node \"{options.Name}\" already: stop it, or choose another name.");
        }
        throw new InvalidOperationException("every address range is taken by other process nodes of this machine.");
    }

    private static async Task<ProcessNode> StartAsync(ProcessNode node, CancellationToken cancel)
    {
        try
        {
            await node._registration.RegisterAsync(cancel);
            Log.Started(node._log, node._options.Name, node.Range);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _pods.ShutDownAsync(_options.ShutdownGrace);
        await ReportGoneAsync();
        await _endpoint.DisposeAsync();
        await _guard.DisposeAsync();
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(Informer<V1Pod> informer, CancellationToken stop)
    {
        var renewing = _registration.RenewAsync(_pods.CutLogs, stop);
        await informer.RunAsync(stop);
        await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ReportGoneAsync()
    {
        try
        {
            await _registration.ReportAsync(ready: false, CancellationToken.None);
        }
        catch (Exception e) when (e is KubernetesException or HttpRequestException)
        {
            Log.ReportFailed(_log, _options.Name, e.Message);
        }
    }

    /// <summary>The node's logs for an endpoint that must listen before there is a node.</summary>
    private sealed class LateLogs : IPodLogs
    {
        public NodePods? Pods { get; set; }

        public OpenLog? Find(string ns, string pod, string container, bool previous) => Pods?.Find(ns, pod, container, previous);
    }

    private static partial class Log
    {
        [LoggerMessage(2041, LogLevel.Information, "Node {Node} runs pods on {Range}")]
        public static partial void Started(ILogger logger, string node, LoopbackRange range);

        [LoggerMessage(2042, LogLevel.Information, "Node {Node} could not report that it goes: {Message}")]
        public static partial void ReportFailed(ILogger logger, string node, string message);
    }
}
