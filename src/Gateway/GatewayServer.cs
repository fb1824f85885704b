using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Telemetry;
using Hearth.Api.WorkerPools;
using Hearth.Gateway.Activations;
using Hearth.Gateway.Forwarding;
using Hearth.Gateway.Functions;
using Hearth.Gateway.Invocation;
using Hearth.Gateway.Operations;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Informers;
using Microsoft.Extensions.Logging;

namespace Hearth.Gateway;

/// <summary>A running gateway.</summary>
public sealed class GatewayServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<IAsyncDisposable> _parts = [];
    private readonly List<Task> _running = [];

    private GatewayServer()
    {
    }

    /// <summary>Base URL at which callers are served.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Base URL of health, metrics and load.</summary>
    public string OperationsUrl { get; private set; } = "";

    /// <summary>
    /// Starts a gateway. It answers on its operations port at once and serves callers, and returns, when it knows the cluster's functions and workers; until
    /// then it waits for the API server.
    /// </summary>
    public static async Task<GatewayServer> StartAsync(
        GatewayOptions options, IKubernetesClient client, TimeProvider time, ILoggerFactory logs, CancellationToken cancel)
    {
        var gateway = new GatewayServer();
        try
        {
            await gateway.RunAsync(options, client, time, logs, cancel);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets running requests end for a moment, deletes the lease, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        for (var i = _parts.Count - 1; i >= 0; i--)
            await _parts[i].DisposeAsync();
        await Task.WhenAll(_running);
        _stopping.Dispose();
    }

    private async Task RunAsync(
        GatewayOptions options, IKubernetesClient client, TimeProvider time, ILoggerFactory logs, CancellationToken cancel)
    {
    }
}
