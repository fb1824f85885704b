namespace Hearth.Api.FederatedAggregations;

/// <summary>One aggregator of the tree.</summary>
public sealed record AggregatorStatus
{
    /// <summary>Its place in the tree: top, leaf-1, leaf-2, ...</summary>
    public string Slot { get; set; } = "";

    /// <summary>What it is there.</summary>
    public AggregatorRole Role { get; set; }

    /// <summary>Pod of its worker; empty while one is taken.</summary>
    public string? Worker { get; set; }

    /// <summary>The node of that pod.</summary>
    public string? Node { get; set; }

    /// <summary>The slot that its sum goes to; empty for the top.</summary>
    public string? Parent { get; set; }

    /// <summary>Whether it takes updates.</summary>
    public bool Ready { get; set; }

    /// <summary>Updates it has received.</summary>
    public long Received { get; set; }

    /// <summary>Updates it has folded.</summary>
    public long Folded { get; set; }
}
