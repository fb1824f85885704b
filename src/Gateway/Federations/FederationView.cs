using Hearth.Api.FederatedAggregations;

namespace Hearth.Gateway.Federations;

/// <summary>A federation at one moment.</summary>
/// <param name="Federation">Spec and status.</param>
/// <param name="Aggregators">Who answers its clients, by slot.</param>
/// <param name="Changed">Completes when any of this may have changed.</param>
internal readonly record struct FederationView(
    FederatedAggregation Federation, IReadOnlyDictionary<string, AggregatorEndpoint> Aggregators, Task Changed)
{
    /// <summary>Who takes a request: the leaf that it names, else the top, which takes any; null when neither is there or may be asked.</summary>
    /// <param name="slot">The leaf; null when the request names none.</param>
    /// <param name="refused">Assignments that are not asked again.</param>
    public AggregatorEndpoint? Find(string? slot, IReadOnlySet<string> refused) => Pick(slot, refused) ?? Pick(AggregatorEndpoint.Top, refused);

    private AggregatorEndpoint? Pick(string? slot, IReadOnlySet<string> refused) =>
        slot is not null && Aggregators.TryGetValue(slot, out var found) && !refused.Contains(found.Assignment) ? found : null;
}
