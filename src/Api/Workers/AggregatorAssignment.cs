namespace Hearth.Api.Workers;

/// <summary>A worker's place among the aggregators of a federation.</summary>
public sealed record AggregatorAssignment
{
    /// <summary><c>top</c>, which leads the rounds, or a leaf's: <c>leaf-1</c>, <c>leaf-2</c>, ...</summary>
    public string Slot { get; set; } = "";

    /// <summary>What the aggregators of this federation know and nobody else.</summary>
    public string Token { get; set; } = "";

    /// <summary>Aggregators that the federation may have; null where it is not known.</summary>
    public int? Peers { get; set; }
}
