using Hearth.Api.Schema;

namespace Hearth.Api.TrainingJobs;

/// <summary>How to read a table.</summary>
public sealed record CsvFormat
{
    /// <summary>The column that holds the class: its name in the header, or its number from 0. Empty means the last column.</summary>
    [Length(1, 256)]
    public string? Label { get; set; }

    /// <summary>Whether the first line names the columns.</summary>
    public bool Header { get; set; } = true;

    /// <summary>The character between fields.</summary>
    [Length(1, 1)]
    public string Separator { get; set; } = ",";
}
