namespace Hearth.Federation.Protocol;

/// <summary>Body of an answer that refuses: Dapr's two members, and every fault of what was sent.</summary>
/// <param name="ErrorCode">What it is, for programs.</param>
/// <param name="Message">What was wrong and what to do.</param>
/// <param name="Faults">Everything that is wrong with an update.</param>
public sealed record ErrorAnswer(string ErrorCode, string Message, IReadOnlyList<string>? Faults = null);
