using System.Text.RegularExpressions;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace Hearth.Gateway.Operations;

/// <summary>The lease by which the operator finds this gateway and its load.</summary>
internal sealed partial class GatewayLease(
    IKubernetesClient client, string identity, string ns, string gatewayUrl, string loadUrl, TimeProvider time, ILogger<GatewayLease> log)
{
    private const int DurationSeconds = 15;
    private static readonly TimeSpan RenewPeriod = TimeSpan.FromSeconds(5);

    private readonly string _name = "hearth-gateway-" + NotInName().Replace(identity.ToLowerInvariant(), "-").Trim('-');

    /// <summary>Renews until cancelled, then deletes the lease, so that the operator need not wait for its end.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                await RenewAsync(cancel);
                await Task.Delay(RenewPeriod, time, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            await DeleteAsync();
        }
    }

    private async Task RenewAsync(CancellationToken cancel)
    {
        var lease = new V1Lease
        {
            ApiVersion = V1Lease.Definition.ApiVersion,
            Kind = V1Lease.Definition.Kind,
            Metadata = new()
            {
                Name = _name,
                Namespace = ns,
                Labels = new Dictionary<string, string> { [HearthLabels.Component] = "gateway" },
                Annotations = new Dictionary<string, string>
                {
                    [HearthAnnotations.GatewayUrl] = gatewayUrl,
                    [HearthAnnotations.LoadUrl] = loadUrl,
                },
            },
            Spec = new() { HolderIdentity = identity, LeaseDurationSeconds = DurationSeconds, RenewTime = time.GetUtcNow() },
        };
        try
        {
            await client.ApplyAsync(lease, cancel);
        }
        catch (Exception e) when (e is HttpRequestException or KubernetesException)
        {
            // Invocations go on without it; the operator misses our load for a while.
            Log.NotRenewed(log, e, ns, _name);
        }
    }

    private async Task DeleteAsync()
    {
        using var patience = new CancellationTokenSource(RenewPeriod, time);
        try
        {
            await client.DeleteAsync<V1Lease>(_name, ns, null, patience.Token);
        }
        catch (Exception e) when (e is HttpRequestException or KubernetesException or OperationCanceledException)
        {
            Log.NotDeleted(log, e, ns, _name);
        }
    }

    [GeneratedRegex("[^a-z0-9-]+")]
    private static partial Regex NotInName();

    private static partial class Log
    {
        [LoggerMessage(30, LogLevel.Warning, "Lease {Namespace}/{Name} was not renewed")]
        public static partial void NotRenewed(ILogger logger, Exception error, string @namespace, string name);

        [LoggerMessage(31, LogLevel.Warning, "Lease {Namespace}/{Name} was not deleted; it ends by itself")]
        public static partial void NotDeleted(ILogger logger, Exception error, string @namespace, string name);
    }
}
