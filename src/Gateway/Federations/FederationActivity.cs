using Hearth.Api.Gateways;
using Hearth.Kubernetes.Controllers;

namespace Hearth.Gateway.Federations;

/// <summary>Which federations have clients that ask: the operator keeps no aggregator for one of which no client has asked for long.</summary>
internal sealed class FederationActivity(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, (int Concurrency, DateTimeOffset LastActive)> _federations = [];

    /// <summary>A request of a client arrived (1) or ended (-1). Only of federations that exist.</summary>
    public void Note(ObjectKey federation, int change)
    {
        lock (_gate)
            _federations[federation] = (_federations.GetValueOrDefault(federation).Concurrency + change, time.GetUtcNow());
    }

    /// <summary>Every federation that a client has asked for.</summary>
    public IReadOnlyList<FederationLoad> Report()
    {
        lock (_gate)
            return [.. _federations.Select(f => new FederationLoad { Namespace = f.Key.Namespace, Name = f.Key.Name, Concurrency = f.Value.Concurrency, LastActive = f.Value.LastActive })];
    }
}
