namespace Hearth.Training.Datasets;

/// <summary>A file of data is malformed, or does not fit another one.</summary>
/// <param name="path">The file.</param>
/// <param name="fault">Where it is, what was expected there and what was found.</param>
/// <param name="innerException">What the system said.</param>
public sealed class DatasetException(string path, string fault, Exception? innerException = null)
    : Exception($"'{path}' cannot be used as data: {fault}.", innerException)
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;
}
