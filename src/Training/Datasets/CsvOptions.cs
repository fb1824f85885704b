using System.Collections.Immutable;

namespace Hearth.Training.Datasets;

/// <summary>How to read a table.</summary>
public sealed record CsvOptions
{
    /// <summary>The column that holds the class: its name in the header, or its number from 0. Defaults to the last column.</summary>
    public string? Label { get; init; }

    /// <summary>Whether the first line names the columns. Defaults to true.</summary>
    public bool Header { get; init; } = true;

    /// <summary>What stands between fields. Defaults to a comma.</summary>
    public char Separator { get; init; } = ',';

    /// <summary>The classes there are, in order; any other is a fault. Defaults to those found, sorted. Test data takes those of its training data.</summary>
    public ImmutableArray<string>? Classes { get; init; }
}
