namespace Hearth.Gateway.Forwarding;

/// <summary>Where one attempt goes.</summary>
/// <param name="Address">Base URL of the worker without a trailing slash.</param>
/// <param name="PathAndQuery">Path and query as they came.</param>
/// <param name="FunctionId">The function as the caller named it; null when it is none.</param>
/// <param name="Assignment">Id of the assignment that the worker must carry; null for a user's container.</param>
internal readonly record struct ForwardDestination(string Address, string PathAndQuery, string? FunctionId, string? Assignment);
