namespace Hearth.Policies.WarmPools;

/// <summary>How many idle workers a pool keeps.</summary>
/// <param name="Idle">The number; starting ones count towards it, claimed and assigned ones do not.</param>
/// <param name="Note">For people: why it is not what the policy's name says; null when it is.</param>
public readonly record struct WarmSizeDecision(int Idle, string? Note = null);
