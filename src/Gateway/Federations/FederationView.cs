using Hearth.Api.FederatedAggregations;

namespace Hearth.Gateway.Federations;

/// <summary>A federation at one moment.</summary>
/// <param name="Federation">Spec and status.</param>
/// <param name="Aggregator">Who answers its clients; null when nobody does.</param>
/// <param name="Changed">Completes when any of this may have changed.</param>
internal readonly record struct FederationView(FederatedAggregation Federation, AggregatorEndpoint? Aggregator, Task Changed);
