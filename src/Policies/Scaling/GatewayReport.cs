using Hearth.Api.Gateways;

namespace Hearth.Policies.Scaling;

/// <summary>What one gateway said at one tick.</summary>
/// <param name="Gateway">Name of the gateway's lease; stays the same while the gateway lives.</param>
/// <param name="Load">Its answer; null when it did not answer.</param>
public readonly record struct GatewayReport(string Gateway, GatewayLoad? Load);
