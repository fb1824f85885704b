namespace Hearth.Api.FederatedAggregations;

/// <summary>How far an aggregator is, on its <see cref="Workers.AssignmentProgress"/>.</summary>
public sealed record FederationProgress
{
    /// <summary>The round under way, from 1; the last one when all are published.</summary>
    public int Round { get; set; }

    /// <summary>Phase of that round.</summary>
    public RoundPhase Phase { get; set; }

    /// <summary>Clients that have joined.</summary>
    public int Clients { get; set; }

    /// <summary>Updates acknowledged over all rounds.</summary>
    public long Received { get; set; }

    /// <summary>Updates in a published model over all rounds.</summary>
    public long Folded { get; set; }

    /// <summary>Updates refused for what they hold over all rounds.</summary>
    public long Rejected { get; set; }

    /// <summary>The update that was refused last: whose, for which round and why. Null while none was.</summary>
    public string? LastRefusal { get; set; }

    /// <summary>The latest published model; 0 is the initial one.</summary>
    public int ModelVersion { get; set; }

    /// <summary>SHA-256 of its weights in hexadecimal digits.</summary>
    public string? ModelDigest { get; set; }

    /// <summary>What each aggregator of the tree has done.</summary>
    public IReadOnlyList<AggregatorReport> Tree { get; set; } = [];
}
