using Hearth.Api.Meta;

namespace Hearth.Api.FederatedAggregations;

/// <summary>Observed state of a FederatedAggregation.</summary>
public sealed record FederatedAggregationStatus
{
    /// <summary>Generation of the spec that this status is about.</summary>
    public long? ObservedGeneration { get; set; }

    /// <summary>The round under way, from 1; the last one when all are published; 0 before the first.</summary>
    public int Round { get; set; }

    /// <summary>Phase of the round.</summary>
    public RoundPhase? Phase { get; set; }

    /// <summary>Clients that have joined.</summary>
    public int Clients { get; set; }

    /// <summary>Updates over all rounds.</summary>
    public UpdateCounts Updates { get; set; } = new();

    /// <summary>The latest published model.</summary>
    public FederatedModel? Model { get; set; }

    /// <summary>Pod of the aggregator.</summary>
    public string? Worker { get; set; }

    /// <summary>The aggregators that gather the updates; empty when there are none.</summary>
    public AggregationTree? Tree { get; set; }

    /// <summary>Bytes of updates and sums that went from one aggregator to another in the memory of their node, over all rounds.</summary>
    public long BytesOnNode { get; set; }

    /// <summary>Bytes of updates and sums that went from one node to another, over all rounds.</summary>
    public long BytesAcross { get; set; }

    /// <summary>Workers that were started for the federation because its pool had none.</summary>
    public int WorkerStarts { get; set; }

    /// <summary>Places in the trees of published rounds that were filled without starting a worker.</summary>
    public int WorkerReuses { get; set; }

    /// <summary>How often an aggregator was lost and another took its place.</summary>
    public int Restarts { get; set; }

    /// <summary>Conditions; the summary is Succeeded.</summary>
    public IReadOnlyList<V1Condition>? Conditions { get; set; }
}
