using System.Globalization;
using System.Net;
using System.Text;
using Hearth.Api.InferenceFunctions;

namespace Hearth.Cli.Simulation;

/// <summary>An SVG of cold starts against idle time, both logarithmic; nearer to the lower left corner is better.</summary>
internal static class CostCurvePlot
{
    private const int Width = 720;
    private const int Height = 480;
    private const int Margin = 70;

    private static readonly Dictionary<KeepAlivePolicy, string> Colours = new()
    {
        [KeepAlivePolicy.Fixed] = "#888888",
        [KeepAlivePolicy.Histogram] = "#d95f02",
        [KeepAlivePolicy.Adaptive] = "#1b6ca8",
    };

    /// <summary>Draws the report.</summary>
    public static string Draw(SimulationReport report)
    {
        var x = new Axis([.. report.Points.Select(p => p.Result.IdleSeconds / 3600)], Margin, Width - Margin);
        var y = new Axis([.. report.Points.Select(p => (double)p.Result.ColdStarts)], Height - Margin, Margin);
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{Height}\" font-family=\"sans-serif\" font-size=\"12\">");
        svg.AppendLine("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
        Text(svg, Width / 2.0, 24, $"{report.Trace}: cold starts against idle time", "middle");
        Text(svg, Width / 2.0, Height - 16, "idle worker hours", "middle");
        Text(svg, 12, Margin - 24, "requests that waited for a cold start", "start");
        foreach (var tick in x.Ticks)
            Mark(svg, x.At(tick), Height - Margin, x.At(tick), Margin, x.At(tick), Height - Margin + 18, tick, "middle");
        foreach (var tick in y.Ticks)
            Mark(svg, Margin, y.At(tick), Width - Margin, y.At(tick), Margin - 6, y.At(tick) + 4, tick, "end");
        foreach (var (policy, row) in report.Points.GroupBy(p => p.Policy).Select((g, i) => (g, i)))
            Curve(svg, policy.Key, row, [.. policy.Select(p => (x.At(p.Result.IdleSeconds / 3600), y.At(p.Result.ColdStarts), p.Name))]);
        return svg.AppendLine("</svg>").ToString();
    }

    private static void Curve(StringBuilder svg, KeepAlivePolicy policy, int row, IReadOnlyList<(double X, double Y, string Name)> points)
    {
        var colour = Colours[policy];
        var line = string.Join(' ', points.Select(p => FormattableString.Invariant($"{p.X:0.0},{p.Y:0.0}")));
        svg.AppendLine(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{line}\"/>");
        foreach (var (px, py, name) in points)
            svg.AppendLine(CultureInfo.InvariantCulture, $"<circle cx=\"{px:0.0}\" cy=\"{py:0.0}\" r=\"4\" fill=\"{colour}\"><title>{name}</title></circle>");
        svg.AppendLine(CultureInfo.InvariantCulture, $"<circle cx=\"{Width - Margin - 90}\" cy=\"{Margin + (row * 18)}\" r=\"4\" fill=\"{colour}\"/>");
        Text(svg, Width - Margin - 80, Margin + (row * 18) + 4, policy.ToString(), "start");
    }

    private static void Mark(StringBuilder svg, double x1, double y1, double x2, double y2, double tx, double ty, double value, string anchor)
    {
        svg.AppendLine(CultureInfo.InvariantCulture, $"<line x1=\"{x1:0.0}\" y1=\"{y1:0.0}\" x2=\"{x2:0.0}\" y2=\"{y2:0.0}\" stroke=\"#dddddd\"/>");
        Text(svg, tx, ty, value.ToString("0.###", CultureInfo.InvariantCulture), anchor);
    }

    private static void Text(StringBuilder svg, double x, double y, string text, string anchor) =>
        svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{x:0.0}\" y=\"{y:0.0}\" text-anchor=\"{anchor}\">{WebUtility.HtmlEncode(text)}</text>");

    /// <summary>A logarithmic axis over whole decades; what is below its least positive value is drawn at its start.</summary>
    private sealed class Axis
    {
        private readonly double _low;
        private readonly double _high;
        private readonly double _from;
        private readonly double _to;

        public Axis(IReadOnlyList<double> values, double from, double to)
        {
            var positive = values.Where(v => v > 0).DefaultIfEmpty(1).ToArray();
            _low = Math.Floor(Math.Log10(positive.Min()));
            _high = Math.Max(_low + 1, Math.Ceiling(Math.Log10(positive.Max())));
            (_from, _to) = (from, to);
        }

        public IEnumerable<double> Ticks =>
            Enumerable.Range(0, (int)(_high - _low) + 1).Select(i => Math.Pow(10, _low + i));

        public double At(double value)
        {
            var log = value > 0 ? Math.Max(_low, Math.Log10(value)) : _low;
            return _from + ((_to - _from) * (log - _low) / (_high - _low));
        }
    }
}
