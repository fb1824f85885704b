namespace Hearth.Api.TrainingJobs;

/// <summary>What a dataset's files are.</summary>
public enum DatasetFormat
{
    /// <summary>As the MNIST database has it: a file of examples and one of labels, plain or compressed by gzip.</summary>
    Idx,

    /// <summary>A table of text in UTF-8: one column holds the class, all others hold numbers.</summary>
    Csv,
}
