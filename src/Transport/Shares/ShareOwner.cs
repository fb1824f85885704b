namespace Hearth.Transport.Shares;

/// <summary>An owner's directory.</summary>
/// <param name="Name">The owner.</param>
/// <param name="IsAlive">Whether a process has it.</param>
/// <param name="Bytes">What it takes of the budget.</param>
/// <param name="DeadSince">When one who waited for memory first saw it dead; null before.</param>
/// <param name="Process">The process that has, or last had, it: pid, start and boot.</param>
public sealed record ShareOwner(string Name, bool IsAlive, long Bytes, DateTimeOffset? DeadSince, string Process);
