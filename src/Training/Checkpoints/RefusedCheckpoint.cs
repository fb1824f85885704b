namespace Hearth.Training.Checkpoints;

/// <summary>A file among the checkpoints that cannot be used.</summary>
/// <param name="Path">The file.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record RefusedCheckpoint(string Path, string Reason);
