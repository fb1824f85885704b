namespace Hearth.Policies.Scaling;

/// <summary>A time in which nobody asked for a function.</summary>
/// <param name="Start">When its last request ended.</param>
/// <param name="Length">How long it was until the next one.</param>
public readonly record struct IdleTime(DateTimeOffset Start, TimeSpan Length);
