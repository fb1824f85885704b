using Hearth.Federation.Rounds;

namespace Hearth.Federation.Tree;

/// <summary>What became of gathering the sums of a round.</summary>
/// <param name="Lost">Updates that are gone, and why; then nothing was added.</param>
/// <param name="Unreachable">The memory that could not be asked yet; null where all were. Then nothing that was added counts.</param>
internal sealed record SumsOutcome(IReadOnlyList<(StoredUpdate Update, string Reason)> Lost, string? Unreachable)
{
    public static SumsOutcome Complete { get; } = new([], null);
}
