using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Hearth.Api;
using Hearth.Api.WorkerPools;
using Hearth.Cli.Local.Nodes;
using Hearth.Cli.Local.Scheduling;
using Hearth.Gateway;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;
using Hearth.Kubernetes.Crds;
using Hearth.Kubernetes.InMemory;
using Hearth.Operator;
using Hearth.Policies.Pods;
using Microsoft.Extensions.Logging;

namespace Hearth.Cli.Local;

/// <summary>A cluster in this process: API server, nodes, scheduler, operator, gateway and a pool. Everything it makes is gone when it is disposed.</summary>
internal sealed partial class LocalCluster : IAsyncDisposable
{
    private const string CacheHostPath = "/var/cache/hearth";
    private const string FreePort = "http://127.0.0.1:0";

    private readonly LocalClusterOptions _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logs;

    // In order of their start; each may use those before it, so they end in the opposite order.
    private readonly Stack<IAsyncDisposable> _parts = new();

    private LocalCluster(LocalClusterOptions options, TimeProvider time, ILoggerFactory logs)
    {
        _options = options;
        _time = time;
        _logs = logs;
    }

    /// <summary>The API server and who may talk to it.</summary>
    public KubernetesClientConfiguration Api { get; private set; } = null!;

    /// <summary>A client of the API server.</summary>
    public IKubernetesClient Client { get; private set; } = null!;

    /// <summary>The kubeconfig that was written.</summary>
    public string Kubeconfig { get; private set; } = "";

    /// <summary>Ports of the workers; those of parts that run elsewhere must be the same.</summary>
    public WorkerPorts WorkerPorts { get; private set; }

    /// <summary>Where functions are invoked; null without a gateway.</summary>
    public Uri? Gateway { get; private set; }

    /// <summary>Starts a cluster. What was started is stopped again when a part does not start.</summary>
    /// <exception cref="CommandException">A port or file that was asked for cannot be had.</exception>
    public static async Task<LocalCluster> StartAsync(LocalClusterOptions options, TimeProvider time, ILoggerFactory logs, CancellationToken cancel)
    {
        var cluster = new LocalCluster(options, time, logs);
        try
        {
            await cluster.StartAsync(cancel);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
        {
            try
            {
                await part.DisposeAsync();
            }
            catch (Exception e)
            {
                // One that fails to end must not keep the others.
                Log.EndFailed(_logs.CreateLogger<LocalCluster>(), e, part.GetType().Name);
            }
        }
    }

    private async Task StartAsync(CancellationToken cancel)
    {
        var has = Enum.GetValues<LocalPart>().Except(_options.Without).ToHashSet();
        if (has.Contains(LocalPart.Gateway))
            RequireFreePort(_options.GatewayPort, "--gateway-port");
        RequireFreePort(_options.ApiPort, "--api-port");

        await StartApiServerAsync(cancel);
        _parts.Push(new LocalScheduler(Client, Own(new PodBinder(Api)), _time, _logs));
        if (has.Contains(LocalPart.Nodes))
            await StartNodesAsync(cancel);
        WorkerPorts = WorkerPorts.FindFree();
        // Workers of a node share the node's artifact cache.
        var workerPods = new WorkerPodOptions { DataPort = WorkerPorts.Data, ControlPort = WorkerPorts.Control, CacheHostPath = CacheHostPath };
        if (has.Contains(LocalPart.Operator))
            _parts.Push(await OperatorServer.StartAsync(new() { OperationsListen = FreePort, WorkerPods = workerPods }, Client, _time, _logs, cancel));
        if (has.Contains(LocalPart.Gateway))
            await StartGatewayAsync(workerPods, cancel);
        if (_options.Warm is { } warm)
            await Client.ApplyAsync<WorkerPool>(MakePool(HearthApi.DefaultPool, warm, _options.Claims.Keys), cancel: cancel);
    }

    private async Task StartApiServerAsync(CancellationToken cancel)
    {
        // One secret for both ways: a node in a process of its own knows the one in its kubeconfig.
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var options = new InMemoryApiServerOptions
        {
            Port = _options.ApiPort,
            Token = token,
            KubeletToken = token,
            Definitions = CrdManifests.Definitions,
        };
        var server = await InMemoryApiServer.StartAsync(options, _time, _logs, cancel);
        _parts.Push(server);
        Kubeconfig = Own(KubeconfigFile.Write(_options.Kubeconfig, server.Kubeconfig())).Path;
        Api = new() { Host = server.BaseUri.AbsoluteUri, AccessToken = token };
        Client = Own(new KubernetesClient(Api, _time, _logs));
    }

    private async Task StartNodesAsync(CancellationToken cancel)
    {
        for (var n = 1; n <= _options.Nodes; n++)
        {
            var node = new ProcessNodeOptions
            {
                Name = $"node-{n}",
                Cpu = _options.NodeCpu,
                Memory = _options.NodeMemory,
                Gpus = _options.NodeGpus,
                Claims = _options.Claims,
                LogToken = Api.AccessToken,
            };
            _parts.Push(await ProcessNode.StartAsync(node, Client, _time, _logs, cancel));
        }
    }

    private async Task StartGatewayAsync(WorkerPodOptions workerPods, CancellationToken cancel)
    {
        var options = new GatewayOptions
        {
            Listen = $"http://127.0.0.1:{_options.GatewayPort}",
            OperationsListen = FreePort,
            WorkerPods = workerPods,
        };
        var gateway = await GatewayServer.StartAsync(options, Client, _time, _logs, cancel);
        _parts.Push(gateway);
        Gateway = new(gateway.Url);
    }

    /// <summary>A pool of <paramref name="warm"/> idle workers, small enough to have many of them on a laptop.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="warm">Its idle workers.</param>
    /// <param name="claims">PersistentVolumeClaims, each mounted at its name.</param>
    internal static JsonObject MakePool(string name, int warm, IEnumerable<string>? claims = null) => new()
    {
        ["apiVersion"] = WorkerPool.Definition.ApiVersion,
        ["kind"] = WorkerPool.Definition.Kind,
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
        ["spec"] = new JsonObject
        {
            ["resources"] = new JsonObject { ["cpu"] = "500m", ["memory"] = "512Mi" },
            ["warm"] = new JsonObject { ["min"] = warm },
            ["nodeShare"] = new JsonObject { ["enabled"] = true },
            ["template"] = new JsonObject
            {
                ["volumes"] = new JsonArray([.. (claims ?? []).Select(claim =>
                    new JsonObject { ["name"] = claim, ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = claim } })]),
                ["volumeMounts"] = new JsonArray([.. (claims ?? []).Select(claim => new JsonObject { ["name"] = claim, ["mountPath"] = $"/{claim}" })]),
            },
        },
    };

    private T Own<T>(T part)
        where T : IDisposable
    {
        _parts.Push(new Owned(part));
        return part;
    }

    private static void RequireFreePort(int port, string option)
    {
        if (!IsFree(port))
            throw new CommandException($"port {port} of 127.0.0.1 is taken, perhaps by another \"hearth up\": stop it, or choose another port with {option}.");
    }

    /// <summary>Whether a port of 127.0.0.1 can be had; 0, which stands for any, always.</summary>
    public static bool IsFree(int port)
    {
        return port == 0 || !IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(l => l.Port == port && Covers(l.Address));

        static bool Covers(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.Loopback);
    }

    private static partial class Log
    {
        [LoggerMessage(2061, LogLevel.Error, "{Part} did not end as it should")]
        public static partial void EndFailed(ILogger logger, Exception exception, string part);
    }

    private sealed class Owned(IDisposable part) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            part.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
