using Hearth.Kubernetes.Controllers;
using Hearth.Policies.Scaling;

namespace Hearth.Operator.Gateways;

/// <summary>When clients of federations last asked, as the gateways tell.</summary>
internal sealed class FederationActivity(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, (DateTimeOffset LastActive, bool IsAsking)> _federations = [];
    private DateTimeOffset? _completeSince;

    /// <summary>Takes what the gateways said at one tick.</summary>
    /// <returns>Federations whose clients ask now.</returns>
    public IReadOnlyList<ObjectKey> Record(IReadOnlyCollection<GatewayReport> reports)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            // One gateway that does not answer may have clients of every federation.
            _completeSince = reports.Count > 0 && reports.All(r => r.Load is not null) ? _completeSince ?? now : null;
            foreach (var (key, (lastActive, _)) in _federations)
                _federations[key] = (lastActive, false);
            foreach (var report in reports)
            {
                foreach (var federation in report.Load?.Federations ?? [])
                {
                    var key = new ObjectKey(federation.Namespace, federation.Name);
                    var known = _federations.GetValueOrDefault(key);
                    // By the gateway's clock it was so long ago; by this one's it is counted from now.
                    var lastActive = federation.Concurrency > 0 ? now : now - (report.Load!.Time - federation.LastActive);
                    _federations[key] = (lastActive > known.LastActive ? lastActive : known.LastActive, known.IsAsking || federation.Concurrency > 0);
                }
            }
            return [.. _federations.Where(f => f.Value.IsAsking).Select(f => f.Key)];
        }
    }

    /// <summary>How long no client has asked; null while that is not known.</summary>
    public TimeSpan? IdleFor(ObjectKey federation)
    {
        lock (_gate)
        {
            if (_completeSince is not { } since)
                return null;
            var last = _federations.GetValueOrDefault(federation).LastActive;
            return time.GetUtcNow() - (last > since ? last : since);
        }
    }

    /// <summary>Whether a client asks now.</summary>
    public bool IsAsking(ObjectKey federation)
    {
        lock (_gate)
            return _federations.GetValueOrDefault(federation).IsAsking;
    }
}
