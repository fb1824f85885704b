namespace Hearth.Policies.Schedules;

/// <summary>Workers that are to be ready before anybody asks.</summary>
/// <param name="Workers">Their number.</param>
/// <param name="RecheckAfter">When time alone changes it; null for never.</param>
/// <param name="Note">For people: which windows are left out, and why; null when none is.</param>
public readonly record struct PreWarmDecision(int Workers, TimeSpan? RecheckAfter, string? Note);
