namespace Hearth.Benchmarks.Round;

/// <summary>What one round took.</summary>
/// <param name="Total">From the first update's first byte until clients see the model.</param>
/// <param name="Tail">From the last acknowledgement until then.</param>
/// <param name="Aggregators">Memory of its own that each aggregator took over what it had idle, in models: assigned, and at most; and its processor time.</param>
/// <param name="ShareOverModel">Most that lay in the memory of a node, in models; 0 without.</param>
/// <param name="ClientsCpu">Processor time of the clients.</param>
internal sealed record RoundResult(
    TimeSpan Total, TimeSpan Tail, IReadOnlyList<(double Assigned, double Peak, TimeSpan Cpu)> Aggregators, double ShareOverModel, TimeSpan ClientsCpu)
{
    /// <summary>The most memory that one took.</summary>
    public double OwnOverModel => Aggregators.Max(one => one.Peak);
}
