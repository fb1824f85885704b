namespace Hearth.Training.Checkpoints;

/// <summary>A checkpoint belongs to another training than the one that should go on from it.</summary>
/// <param name="path">The checkpoint.</param>
/// <param name="differences">How the trainings differ.</param>
public sealed class CheckpointMismatchException(string path, IReadOnlyList<string> differences)
    : Exception($"'{path}' belongs to another training: {string.Join("; ", differences)}. Train as it was begun, or name another directory for checkpoints.")
{
    /// <summary>How the trainings differ.</summary>
    public IReadOnlyList<string> Differences { get; } = differences;
}
