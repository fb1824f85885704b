namespace Hearth.Gateway.Invocation;

/// <summary>Why the gateway answers instead of the function.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="Detail">What was expected and what to do, for the caller.</param>
/// <param name="RetryAfter">When it is worth coming back, for the outcomes that say so.</param>
internal sealed record Refusal(Outcome Outcome, string Detail, TimeSpan RetryAfter = default);
