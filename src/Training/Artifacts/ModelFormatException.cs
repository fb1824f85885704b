namespace Hearth.Training.Artifacts;

/// <summary>Files that should be a model are none, or do not fit each other.</summary>
/// <param name="source">The file or URI concerned.</param>
/// <param name="faults">Everything that is wrong.</param>
/// <param name="innerException">What reading it said.</param>
public sealed class ModelFormatException(string source, IReadOnlyList<string> faults, Exception? innerException = null)
    : FormatException($"'{source}' cannot be used as a model: {string.Join("; ", faults)}.", innerException)
{
    /// <summary>Everything that is wrong.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
