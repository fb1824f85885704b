using System.Globalization;
using System.Text;

namespace Hearth.Cli.Simulation;

/// <summary>A CSV file with a header, read row by row. Faults name the file, the line and the column.</summary>
internal sealed class CsvTable
{
    private const int MaxLine = 1 << 20;

    // Some three thousand years: a time that calendars can hold.
    private const double MaxSeconds = 1e11;

    private readonly string _path;
    private readonly TextReader _reader;
    private readonly string _advice;
    private string[] _row = [];

    /// <summary>Reads the header.</summary>
    /// <param name="path">What messages call the file.</param>
    /// <param name="reader">Its text.</param>
    /// <param name="advice">What to do where a column is missing.</param>
    public CsvTable(string path, TextReader reader, string advice = "Name the right one with --time, --function, --duration, --start or --end, or give --format.")
    {
        (_path, _reader, _advice) = (path, reader, advice);
        Columns = MoveNext() ? _row : throw new CommandException($"\"{path}\" is empty: a header line with the names of the columns is expected");
    }

    /// <summary>Names in the header.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Number of the current line, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>Goes to the next line that is not empty; false at the end.</summary>
    public bool MoveNext()
    {
        while (_reader.ReadLine() is { } line)
        {
            Line++;
            if (line.Length > MaxLine)
                throw Fault($"a line of at most {MaxLine} characters is expected, this one has {line.Length}");
            if (string.IsNullOrWhiteSpace(line))
                continue;
            _row = Split(line.TrimEnd('\r'));
            return true;
        }
        return false;
    }

    /// <summary>Index of a column.</summary>
    public int Index(string column)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (string.Equals(Columns[i], column, StringComparison.OrdinalIgnoreCase))
                return i;
        }
        throw new CommandException(
            $"\"{_path}\" has no column \"{column}\". It has: {string.Join(", ", Columns.Take(20))}{(Columns.Count > 20 ? ", ..." : "")}. {_advice}");
    }

    /// <summary>The text in a column of the current line.</summary>
    public string Text(int column) => column < _row.Length
        ? _row[column]
        : throw Fault($"column \"{Columns[column]}\" is missing: {Columns.Count} columns are expected, the line has {_row.Length}");

    /// <summary>A number from 0 to 1e11; <paramref name="empty"/> where the column is empty.</summary>
    public double Number(int column, double empty)
    {
        var text = Text(column);
        if (text.Length == 0)
            return empty;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= MaxSeconds
            ? value
            : throw Fault($"column \"{Columns[column]}\" holds \"{text}\": a number from 0 to 1e11 is expected");
    }

    /// <summary>Seconds, from a number or from a date and time (UTC where it does not say).</summary>
    public double Seconds(int column)
    {
        var text = Text(column);
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && Math.Abs(value) <= MaxSeconds)
            return value;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? (time - DateTimeOffset.UnixEpoch).TotalSeconds
            : throw Fault($"column \"{Columns[column]}\" holds \"{text}\": seconds, or a time like 2023-11-16 18:15:46.68 is expected");
    }

    /// <summary>A fault at the current line.</summary>
    public CommandException Fault(string message) => new(string.Create(CultureInfo.InvariantCulture, $"\"{_path}\", line {Line}: {message}"));

    private string[] Split(string line)
    {
        if (!line.Contains('"', StringComparison.Ordinal))
            return line.Split(',');
        var cells = new List<string>();
        var cell = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '"' && isQuoted && i + 1 < line.Length && line[i + 1] == '"')
                cell.Append(line[i++]);
            else if (c == '"')
                isQuoted = !isQuoted;
            else if (c == ',' && !isQuoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
                cell.Append(c);
        }
        cells.Add(cell.ToString());
        return isQuoted ? throw Fault("a quoted cell does not end") : [.. cells];
    }
}
