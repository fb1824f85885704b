using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Informers;

namespace Hearth.Operator.Gateways;

/// <summary>The gateways there are, by the leases they renew.</summary>
/// <remarks>
/// Whether a lease is alive is judged by how long this process has seen it unchanged, so that clocks need not agree (as in client-go's leader election).
/// </remarks>
internal sealed class GatewayDirectory(IInformer<V1Lease> leases, string ns, TimeProvider time)
{
    /// <summary>Label selector of the leases.</summary>
    public const string Selector = $"{HearthLabels.Component}=gateway";

    // After an outage of the API server every lease looks dead; the gateways behind them are asked for so long.
    private static readonly TimeSpan AskFor = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, (string? Version, long At)> _seen = [];

    /// <summary>Where callers reach a gateway: the first by name among those alive at the latest refresh.</summary>
    public string? Url { get; private set; }

    /// <summary>Takes the leases as they are now and returns those worth asking.</summary>
    public IReadOnlyList<GatewayLease> Refresh()
    {
        var found = leases.List(ns).OrderBy(l => l.Name(), StringComparer.Ordinal).ToArray();
        foreach (var gone in _seen.Keys.Except(found.Select(l => l.Name())).ToArray())
            _seen.Remove(gone);
        var gateways = found.Select(See).Where(g => g.Unchanged < AskFor).ToArray();
        Url = gateways.FirstOrDefault(g => g.IsAlive && g.Url is not null)?.Url;
        return gateways;
    }

    private GatewayLease See(V1Lease lease)
    {
        if (!_seen.TryGetValue(lease.Name(), out var seen) || seen.Version != lease.Metadata.ResourceVersion)
            _seen[lease.Name()] = seen = (lease.Metadata.ResourceVersion, time.GetTimestamp());
        var unchanged = time.GetElapsedTime(seen.At);
        var duration = lease.Spec.LeaseDurationSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : DefaultDuration;
        return new(
            lease.Name(),
            Uri.TryCreate(lease.GetAnnotation(HearthAnnotations.LoadUrl), UriKind.Absolute, out var load) ? load : null,
            lease.GetAnnotation(HearthAnnotations.GatewayUrl),
            unchanged,
            IsAlive: unchanged <= duration && !string.IsNullOrEmpty(lease.Spec.HolderIdentity));
    }
}
