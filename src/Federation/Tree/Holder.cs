namespace Hearth.Federation.Tree;

/// <summary>Who holds the bytes of an acknowledged update in memory.</summary>
/// <param name="Slot">The aggregator's place in the tree, for people.</param>
/// <param name="Memory">Name of the memory that the bytes lie in: the node's, which others there can open, or the aggregator's own.</param>
/// <param name="Owner">The owner within that memory: the id of the aggregator's assignment.</param>
public sealed record Holder(string Slot, string Memory, string Owner);
