namespace Hearth.Federation.Protocol;

/// <summary>A request that is refused.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Message">What was wrong and what to do.</param>
/// <param name="Faults">Everything that is wrong with an update.</param>
public sealed record Refusal(RefusalKind Kind, string Message, IReadOnlyList<string>? Faults = null);
