namespace Hearth.Gateway.Functions;

/// <summary>The revision that a request goes to.</summary>
/// <param name="State">The revision.</param>
/// <param name="MayStart">Whether the request may start its first worker although the traffic does not ask for it: a stand-in for one that fails, or named by the caller.</param>
/// <param name="Name">Name to tell the caller; null where there is but one to tell.</param>
internal readonly record struct RevisionChoice(FunctionState State, bool MayStart, string? Name);
