namespace Hearth.Policies.KeepAlive;

/// <summary>How long an unused worker stays.</summary>
/// <param name="Duration">The time.</param>
/// <param name="Note">For people: why it is not what the policy's name says; null when it is.</param>
public readonly record struct KeepAliveDecision(TimeSpan Duration, string? Note = null);
