namespace Hearth.Operator.Gateways;

/// <summary>A gateway as its lease describes it.</summary>
/// <param name="Name">Name of the lease.</param>
/// <param name="LoadUrl">Base URL of its operations port; null when the lease has none that parses.</param>
/// <param name="Url">Base URL for callers.</param>
/// <param name="Unchanged">How long nobody has renewed the lease.</param>
/// <param name="IsAlive">Whether it is held and was renewed in time.</param>
internal sealed record GatewayLease(string Name, Uri? LoadUrl, string? Url, TimeSpan Unchanged, bool IsAlive);
