using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Cli.Local.Nodes;
using Hearth.Cli.Local.Scheduling;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;
using Hearth.Kubernetes.Crds;
using Hearth.Kubernetes.InMemory;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Cli.Tests.Local;

/// <summary>An API server, a scheduler and one process node, for one test.</summary>
internal sealed class NodeCluster : IAsyncDisposable
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);
    private readonly InMemoryApiServer _server;
    private readonly PodBinder _binder;
    private readonly LocalScheduler _scheduler;

    private NodeCluster(InMemoryApiServer server, KubernetesClientConfiguration configuration)
    {
        _server = server;
        Configuration = configuration;
        Client = new(configuration, TimeProvider.System);
        _binder = new(configuration);
        _scheduler = new(Client, _binder, TimeProvider.System, NullLoggerFactory.Instance);
    }

    public KubernetesClientConfiguration Configuration { get; }

    public KubernetesClient Client { get; }

    public ProcessNode Node { get; set; } = null!;

    public static async Task<NodeCluster> StartAsync(IReadOnlyList<string>? hearth = null)
    {
        var options = new InMemoryApiServerOptions { Token = "secret", KubeletToken = "secret", Definitions = CrdManifests.Definitions };
        var server = await InMemoryApiServer.StartAsync(options, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        var cluster = new NodeCluster(server, new() { Host = server.BaseUri.AbsoluteUri, AccessToken = server.Token });
        cluster.Node = await cluster.StartNodeAsync("node-1", hearth);
        return cluster;
    }

    public Task<ProcessNode> StartNodeAsync(string name, IReadOnlyList<string>? hearth = null)
    {
        var options = new ProcessNodeOptions { Name = name, LogToken = "secret", Claims = new Dictionary<string, string> { ["temporary"] = Path.GetTempPath() } };
        return ProcessNode.StartAsync(
            hearth is null ? options : options with { Hearth = hearth }, Client, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
    }

    /// <summary>A kubeconfig of the server.</summary>
    public string Kubeconfig => _server.Kubeconfig();

    /// <summary>Creates a pod whose one container <c>main</c> runs a shell script.</summary>
    public Task<V1Pod> RunAsync(string script, string restartPolicy = "Always", Action<V1Container>? configure = null, Action<V1PodSpec>? spec = null)
    {
        var container = new V1Container { Name = "main", Image = "none", Command = ["sh", "-c", script] };
        configure?.Invoke(container);
        var pod = new V1Pod
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = new() { Name = "pod", Namespace = "default", Labels = new Dictionary<string, string> { ["app"] = "test" } },
            Spec = new() { Containers = [container], RestartPolicy = restartPolicy, TerminationGracePeriodSeconds = 20 },
        };
        spec?.Invoke(pod.Spec);
        return Client.CreateAsync(pod);
    }

    /// <summary>The pod, once it is as <paramref name="condition"/> says; null stands for a pod that is gone.</summary>
    public Task<V1Pod?> WaitAsync(Func<V1Pod?, bool> condition, string what) => Client.WaitForAsync("default", "pod", condition, what, Generous);

    public Task<V1Pod?> WaitForReadyAsync() => WaitAsync(p => IsReady(p), "the pod to be ready");

    public async Task<string> ReadLogAsync()
    {
        await using var stream = await Client.ReadLogAsync("pod", "default");
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    /// <summary>Completes once the pod's log holds the text.</summary>
    public async Task WaitForLogAsync(string text)
    {
        using var limit = new CancellationTokenSource(Generous);
        using var reader = new StreamReader(await Client.ReadLogAsync("pod", "default", follow: true, limit.Token));
        var seen = "";
        while (!seen.Contains(text, StringComparison.Ordinal))
            seen += await reader.ReadLineAsync(limit.Token) is { } line ? line + '\n' : throw new EndOfStreamException($"The log ended without \"{text}\": {seen}");
    }

    public static bool IsReady(V1Pod? pod) => pod?.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: ConditionStatus.True }) == true;

    public static V1ContainerStatus? Container(V1Pod? pod) => pod?.Status?.ContainerStatuses?.SingleOrDefault();

    /// <summary>Id of the process of the pod's container.</summary>
    public static int ProcessId(V1Pod? pod) =>
        int.Parse(Container(pod)!.ContainerID!.Replace("process://", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        await _scheduler.DisposeAsync();
        await Node.DisposeAsync();
        _binder.Dispose();
        Client.Dispose();
        await _server.DisposeAsync();
    }
}
