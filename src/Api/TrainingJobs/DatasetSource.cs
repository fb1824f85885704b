using Hearth.Api.Schema;

namespace Hearth.Api.TrainingJobs;

/// <summary>The files of a set of examples; each is file:///absolute/path, http:// or https://.</summary>
public sealed record DatasetSource
{
    private const string UriPattern = "^(file:///|https?://).+$";

    /// <summary>The examples, for format Idx.</summary>
    [Length(1, 2048)]
    [Pattern(UriPattern)]
    public string? Images { get; set; }

    /// <summary>Their classes, for format Idx.</summary>
    [Length(1, 2048)]
    [Pattern(UriPattern)]
    public string? Labels { get; set; }

    /// <summary>The table, for format Csv.</summary>
    [Length(1, 2048)]
    [Pattern(UriPattern)]
    public string? Uri { get; set; }
}
