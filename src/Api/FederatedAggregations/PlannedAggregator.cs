namespace Hearth.Api.FederatedAggregations;

/// <summary>One aggregator of an <see cref="AggregationPlan"/>.</summary>
public sealed record PlannedAggregator
{
    /// <summary><c>top</c>, or a leaf's: <c>leaf-1</c>.</summary>
    public string Slot { get; set; } = "";

    /// <summary>Pod of its worker.</summary>
    public string Pod { get; set; } = "";

    /// <summary>The node of that pod.</summary>
    public string Node { get; set; } = "";

    /// <summary>Its data port, <c>ip:port</c>.</summary>
    public string Address { get; set; } = "";

    /// <summary>Id of its assignment.</summary>
    public string AssignmentId { get; set; } = "";

    /// <summary>The slot that its sum goes to; null for the top.</summary>
    public string? Parent { get; set; }
}
