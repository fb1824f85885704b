using Hearth.Api.Schema;

namespace Hearth.Api.FederatedAggregations;

/// <summary>What one client may have under way at one gateway. More is answered with 429.</summary>
public sealed record ClientQuotaSpec
{
    /// <summary>Requests at a time. Empty means any number.</summary>
    [Range(1, 10_000)]
    public int? Requests { get; set; }

    /// <summary>Bytes of updates at a time, as a Kubernetes quantity. One update is always let through. Empty means any number.</summary>
    [Length(0, 32)]
    [Pattern(Quantity.Pattern)]
    public string? Bytes { get; set; }
}
