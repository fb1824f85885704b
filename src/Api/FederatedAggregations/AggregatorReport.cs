namespace Hearth.Api.FederatedAggregations;

/// <summary>What one aggregator of the tree has done, on <see cref="FederationProgress"/>.</summary>
public sealed record AggregatorReport
{
    /// <summary><c>top</c>, or a leaf's: <c>leaf-1</c>.</summary>
    public string Slot { get; set; } = "";

    /// <summary>What it is in the round under way.</summary>
    public IReadOnlyList<AggregatorRole> Roles { get; set; } = [];

    /// <summary>Its node.</summary>
    public string Node { get; set; } = "";

    /// <summary>Updates it has received.</summary>
    public long Received { get; set; }

    /// <summary>Updates it has folded.</summary>
    public long Folded { get; set; }

    /// <summary>Bytes it passed to another aggregator in the memory of its node.</summary>
    public long BytesOnNode { get; set; }

    /// <summary>Bytes it sent to another node.</summary>
    public long BytesAcross { get; set; }

    /// <summary>Bytes of updates that wait to be folded.</summary>
    public long QueueBytes { get; set; }

    /// <summary>Milliseconds that it takes to fold an update, an exponentially weighted mean.</summary>
    public double FoldMilliseconds { get; set; }
}
