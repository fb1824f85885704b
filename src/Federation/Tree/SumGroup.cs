namespace Hearth.Federation.Tree;

/// <summary>The updates of one owner that a sum is asked of, in the journal's order.</summary>
/// <param name="Owner">Whose they are.</param>
/// <param name="Address">Data port of the aggregator that owns them; null where none is known, and then others of its node look after them.</param>
/// <param name="Updates">The updates.</param>
public sealed record SumGroup(string Owner, string? Address, IReadOnlyList<HeldUpdate> Updates);
