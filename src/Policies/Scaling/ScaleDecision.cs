namespace Hearth.Policies.Scaling;

/// <summary>How many workers a function should have.</summary>
/// <param name="Desired">Workers to have, within the bounds.</param>
/// <param name="Reason">What decided it.</param>
/// <param name="RecheckAfter">When time alone may change the decision; null when only new samples can.</param>
/// <param name="State">What to remember for the next decision; null for a calm start.</param>
public readonly record struct ScaleDecision(int Desired, ScaleReason Reason, TimeSpan? RecheckAfter = null, KnativeState? State = null);
