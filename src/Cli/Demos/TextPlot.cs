using System.Globalization;

namespace Hearth.Cli.Demos;

/// <summary>Curves and bars as text. Pure.</summary>
internal static class TextPlot
{
    private const string Blocks = " ▀▄█";
    private const string Heights = " ▁▂▃▄▅▆▇█";

    /// <summary>A curve through <paramref name="points"/>, which are in the order of their X, in lines of text with its axes.</summary>
    /// <param name="points">The points; none give no lines.</param>
    /// <param name="columns">Columns of the curve, without its axis.</param>
    /// <param name="rows">Rows of the curve, without its axis.</param>
    public static IReadOnlyList<string> Curve(IReadOnlyList<(double X, double Y)> points, int columns, int rows)
    {
        if (points.Count == 0)
            return [];
        var (left, right) = (points[0].X, points[^1].X);
        var (low, high) = (points.Min(p => p.Y), points.Max(p => p.Y));
        // Two points of the curve lie one above the other in a character.
        var heights = Enumerable.Range(0, columns)
            .Select(c => At(points, left + ((right - left) * c / Math.Max(1, columns - 1))))
            .Select(y => high > low ? (int)Math.Round((high - y) / (high - low) * ((2 * rows) - 1)) : (2 * rows) - 1)
            .ToArray();
        var labels = new[] { Number(high), Number(low) };
        var margin = labels.Max(l => l.Length);
        var lines = new List<string>();
        for (var row = 0; row < rows; row++)
        {
            var label = row == 0 ? labels[0] : row == rows - 1 ? labels[1] : "";
            var curve = string.Concat(heights.Select((h, c) => Blocks[Bits(heights, c, 2 * row) | (Bits(heights, c, (2 * row) + 1) << 1)]));
            lines.Add($"{label.PadLeft(margin)} {(label.Length > 0 ? '┤' : '│')}{curve}".TrimEnd());
        }
        lines.Add($"{new string(' ', margin)} └{new string('─', columns)}");
        lines.Add($"{new string(' ', margin + 2)}{Number(left)}{Number(right).PadLeft(Math.Max(1, columns - Number(left).Length))}");
        return lines;
    }

    /// <summary>A bar that is full at 1.</summary>
    public static string Bar(double share, int columns) => new('█', (int)Math.Round(columns * Math.Clamp(share, 0, 1)));

    /// <summary>A column for each count, the highest being full.</summary>
    public static string Histogram(IReadOnlyList<int> counts) =>
        string.Concat(counts.Select(count => Heights[count == 0 ? 0 : Math.Max(1, count * (Heights.Length - 1) / counts.Max())]));

    /// <summary>Whether the curve passes a half row of a column: at its point, and from the point before it up or down to it.</summary>
    private static int Bits(int[] heights, int column, int at)
    {
        var (from, to) = (heights[Math.Max(0, column - 1)], heights[column]);
        return at == to || (at > Math.Min(from, to) && at < Math.Max(from, to)) ? 1 : 0;
    }

    /// <summary>The curve at a place, straight between its points.</summary>
    private static double At(IReadOnlyList<(double X, double Y)> points, double x)
    {
        var next = 1;
        while (next < points.Count - 1 && points[next].X < x)
            next++;
        if (next >= points.Count)
            return points[^1].Y;
        var (a, b) = (points[next - 1], points[next]);
        return b.X > a.X ? a.Y + ((b.Y - a.Y) * Math.Clamp((x - a.X) / (b.X - a.X), 0, 1)) : b.Y;
    }

    private static string Number(double value) => value.ToString(Math.Abs(value) >= 100 ? "0" : "0.###", CultureInfo.InvariantCulture);
}
