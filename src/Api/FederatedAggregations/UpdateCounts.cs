namespace Hearth.Api.FederatedAggregations;

/// <summary>Updates over all rounds.</summary>
public sealed record UpdateCounts
{
    /// <summary>Stored and acknowledged with 202.</summary>
    public long Received { get; set; }

    /// <summary>In a published model.</summary>
    public long Folded { get; set; }

    /// <summary>Refused for what they hold: digest, names, shapes, types, numbers.</summary>
    public long Rejected { get; set; }

    /// <summary>The update that was refused last, for whatever reason: whose, for which round and why.</summary>
    public string? LastRefusal { get; set; }
}
