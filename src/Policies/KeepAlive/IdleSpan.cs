namespace Hearth.Policies.KeepAlive;

/// <summary>A part of an idle time, counted from the end of the last request.</summary>
/// <param name="Start">When it begins.</param>
/// <param name="End">When it ends; after <paramref name="Start"/>.</param>
public readonly record struct IdleSpan(TimeSpan Start, TimeSpan End);
