namespace Hearth.Federation.Tree;

/// <summary>Asks for Σ w·x over the updates of a node.</summary>
/// <param name="Round">Their round.</param>
/// <param name="Memory">Name of the memory they lie in: whoever does not see that one must not say that they are gone.</param>
/// <param name="Groups">The updates by owner; sums are added in this order.</param>
public sealed record SumRequest(int Round, string Memory, IReadOnlyList<SumGroup> Groups);
