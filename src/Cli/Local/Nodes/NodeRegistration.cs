using System.Net;
using System.Text.Json.Nodes;
using Hearth.Api.Core;
using Hearth.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace Hearth.Cli.Local.Nodes;

/// <summary>Makes a node known to the API server and says that it lives until it goes.</summary>
internal sealed partial class NodeRegistration(
    ProcessNodeOptions options, LoopbackRange range, IPAddress address, IKubernetesClient client, TimeProvider time, ILogger<NodeRegistration> log)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(NodeObject.LeaseSeconds / 4);

    /// <summary>Writes the Node, its status and its lease.</summary>
    public async Task RegisterAsync(CancellationToken cancel)
    {
        await client.ApplyAsync<V1Node>(NodeObject.Make(options, range), cancel: cancel);
        await ReportAsync(ready: true, cancel);
        await EnsureLeaseNamespaceAsync(cancel);
        await client.ApplyAsync<V1Lease>(NodeObject.MakeLease(options.Name, time.GetUtcNow()), cancel: cancel);
    }

    /// <summary>Writes the node's condition <c>Ready</c>.</summary>
    public Task ReportAsync(bool ready, CancellationToken cancel) =>
        client.ApplyAsync<V1Node>(NodeObject.MakeStatus(options, address, ready, time.GetUtcNow()), "status", cancel);

    /// <summary>Renews the lease until cancelled. A server that does not answer is asked again: the node's pods run on meanwhile.</summary>
    public async Task RenewAsync(Action everyPeriod, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            everyPeriod();
            try
            {
                await client.ApplyAsync<V1Lease>(NodeObject.MakeLease(options.Name, time.GetUtcNow()), cancel: cancel);
            }
            catch (Exception e) when (e is KubernetesException or HttpRequestException)
            {
                Log.RenewFailed(log, options.Name, e.Message);
            }
        }
    }

    private async Task EnsureLeaseNamespaceAsync(CancellationToken cancel)
    {
        if (await client.GetAsync<V1Namespace>(NodeObject.LeaseNamespace, null, cancel) is null)
            await client.ApplyAsync<V1Namespace>(
                new JsonObject
                {
                    ["apiVersion"] = V1Namespace.Definition.ApiVersion,
                    ["kind"] = V1Namespace.Definition.Kind,
                    ["metadata"] = new JsonObject { ["name"] = NodeObject.LeaseNamespace },
                },
                cancel: cancel);
    }

    private static partial class Log
    {
        [LoggerMessage(2031, LogLevel.Warning, "Node {Node} could not renew its lease, trying again: {Message}")]
        public static partial void RenewFailed(ILogger logger, string node, string message);
    }
}
