namespace Hearth.Federation.Tree;

/// <summary>What the aggregator that leads tells a leaf about itself and the leaf.</summary>
/// <param name="Version">Of the plan; an older one is ignored.</param>
/// <param name="Slot">The leaf's place.</param>
/// <param name="Node">The leaf's node.</param>
/// <param name="Address">Data port of the one that leads.</param>
/// <param name="AssignmentId">Its assignment.</param>
public sealed record LeafPlace(long Version, string Slot, string Node, string Address, string AssignmentId);
