using Hearth.Api.InferenceFunctions;
using Hearth.Api.Schema;

namespace Hearth.Api.TrainingJobs;

/// <summary>The files of a set of examples; each is s3://bucket/key, http:// or https://, pvc://claim/path or file:///absolute/path.</summary>
public sealed record DatasetSource
{
    private const string UriPattern = ModelReference.UriPattern;

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
