namespace Hearth.Policies.Aggregation;

/// <summary>A part of the tree that a worker plays.</summary>
/// <param name="Slot">Which: <see cref="HierarchyPlanner.Top"/>, or a leaf's name.</param>
/// <param name="Node">Where; null where any node will do, or where it is not known yet.</param>
/// <param name="Parent">The slot that its sum goes to; null for the top.</param>
public sealed record AggregatorPlace(string Slot, string? Node, string? Parent = null);
