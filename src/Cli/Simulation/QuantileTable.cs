using System.Globalization;

namespace Hearth.Cli.Simulation;

/// <summary>Quantiles of distributions, as read off the figures of a paper: columns panel, series, and p5, p10, ... for any percentages.</summary>
internal sealed class QuantileTable
{
    private readonly Dictionary<(string Panel, string Series), (double Share, double Value)[]> _rows = [];

    private QuantileTable()
    {
    }

    /// <summary>Series of a panel whose name begins with <paramref name="panel"/>.</summary>
    public IEnumerable<string> Series(string panel) =>
        _rows.Keys.Where(key => key.Panel.StartsWith(panel, StringComparison.Ordinal)).Select(key => key.Series);

    /// <summary>Reads a table.</summary>
    public static QuantileTable Read(CsvTable table)
    {
        var panel = table.Index("panel");
        var series = table.Index("series");
        var shares = table.Columns
            .Select((name, i) => (Column: i, Share: ShareOf(name)))
            .Where(c => c.Share is not null)
            .Select(c => (c.Column, Share: c.Share!.Value))
            .ToArray();
        if (shares.Length < 2)
            throw table.Fault("two columns of quantiles or more, like p5 and p50, are expected");
        var read = new QuantileTable();
        while (table.MoveNext())
            read._rows[(table.Text(panel), table.Text(series))] = [.. shares.Select(s => (s.Share, Value(table, s.Column)))];
        return read;
    }

    /// <summary>The value below which <paramref name="share"/> lies, interpolated in logarithms; beyond the ends, the ends.</summary>
    public double At(string panel, string series, double share)
    {
        var key = _rows.Keys.FirstOrDefault(k => k.Panel.StartsWith(panel, StringComparison.Ordinal) && k.Series == series);
        if (key.Panel is null)
            throw new CommandException($"the quantiles lack the series \"{series}\" of panel \"{panel}\"");
        var points = _rows[key];
        var after = Array.FindIndex(points, p => p.Share >= share);
        if (after <= 0)
            return points[after < 0 ? ^1 : 0].Value;
        var (a, b) = (points[after - 1], points[after]);
        var part = (share - a.Share) / (b.Share - a.Share);
        return Math.Exp((Math.Log(a.Value) * (1 - part)) + (Math.Log(b.Value) * part));
    }

    private static double? ShareOf(string column) =>
        column.StartsWith('p') && double.TryParse(column.AsSpan(1), NumberStyles.Float, CultureInfo.InvariantCulture, out var percent)
            ? percent / 100 : null;

    /// <summary>A value above 0; "&gt;1e+04" stands for the end of the figure's axis.</summary>
    private static double Value(CsvTable table, int column)
    {
        var text = table.Text(column).TrimStart('>', '<');
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value > 0
            ? value
            : throw table.Fault($"column \"{table.Columns[column]}\" holds \"{table.Text(column)}\": a number above 0 is expected");
    }
}
