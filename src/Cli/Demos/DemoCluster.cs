using Hearth.Cli.Local;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;
using Microsoft.Extensions.Logging;

namespace Hearth.Cli.Demos;

/// <summary>The cluster of a demo: one that runs already, or one made for the demo.</summary>
internal sealed class DemoCluster : IAsyncDisposable
{
    private readonly LocalCluster? _own;
    private readonly KubernetesClient? _client;

    private DemoCluster(LocalCluster? own, KubernetesClient? client, Uri gateway)
    {
        _own = own;
        _client = client;
        Gateway = gateway;
    }

    /// <summary>Whether the cluster ends with the demo.</summary>
    public bool IsOwn => _own is not null;

    /// <summary>The API server.</summary>
    public IKubernetesClient Client => _own?.Client ?? _client!;

    /// <summary>Where functions are invoked.</summary>
    public Uri Gateway { get; }

    /// <summary>Uses the cluster that <paramref name="kubeconfig"/> names.</summary>
    public static DemoCluster Join(string kubeconfig, Uri gateway, TimeProvider time, ILoggerFactory logs) =>
        new(null, new(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig), time, logs), gateway);

    /// <summary>Starts a cluster, on another gateway port when the usual one is taken.</summary>
    /// <param name="nodes">Its nodes.</param>
    /// <param name="bringsPool">Whether the demo makes its pool itself, so that none is needed beside it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where its parts log.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<DemoCluster> StartAsync(int nodes, bool bringsPool, TimeProvider time, ILoggerFactory logs, CancellationToken cancel)
    {
        var options = new LocalClusterOptions
        {
            Nodes = nodes,
            Kubeconfig = Path.Combine(Path.GetTempPath(), $"hearth-demo-{Environment.ProcessId}.kubeconfig"),
            Claims = DemoFolders.TryFindExamples() is { } examples ? new Dictionary<string, string> { ["examples"] = examples } : [],
        };
        if (bringsPool)
            options = options with { Warm = null };
        if (!LocalCluster.IsFree(options.GatewayPort))
            options = options with { GatewayPort = 0 };
        var cluster = await LocalCluster.StartAsync(options, time, logs, cancel);
        return new(cluster, null, cluster.Gateway!);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_own is not null)
            await _own.DisposeAsync();
        _client?.Dispose();
    }
}
