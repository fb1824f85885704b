using Hearth.Federation.Protocol;

namespace Hearth.Federation.Tree;

/// <summary>What becomes of an offer.</summary>
/// <param name="Refusal">Why the update does not count; null where it does: it is recorded then, and may be acknowledged.</param>
/// <param name="Owner">Whose copy counts; empty for one in the output directory or in a published model. Another's copy of it is not needed.</param>
/// <param name="Ordinal">Which one it is among those of that owner, from 0: they are folded in this order.</param>
/// <param name="Examples">Its weight, as it was recorded first.</param>
public sealed record OfferAnswer(Refusal? Refusal, string Owner = "", int Ordinal = 0, long Examples = 0);
