namespace Hearth.Cli.Local.Scheduling;

/// <summary>Where a pod goes, or why it goes nowhere.</summary>
/// <param name="Node">The node, or null.</param>
/// <param name="Message">Why no node takes the pod, in the scheduler's words.</param>
internal readonly record struct SchedulingDecision(string? Node, string? Message);
