using System.Collections.Immutable;

namespace Hearth.Cli.Demos.Training;

/// <summary>Losses by step, as a job that may go back to a checkpoint shows them. Immutable.</summary>
internal sealed record LossCurve
{
    /// <summary>The points, steps ascending.</summary>
    public ImmutableList<LossPoint> Points { get; private init; } = [];

    /// <summary>The curve with one more point. What was seen at or after its step is taken back: the job takes those steps again.</summary>
    public LossCurve With(long step, double loss) =>
        this with { Points = Points.RemoveAll(p => p.Step >= step).Add(new(step, loss)) };

    /// <summary>The curve as lines of text.</summary>
    public IReadOnlyList<string> Draw(int columns, int rows) => TextPlot.Curve([.. Points.Select(p => ((double)p.Step, p.Loss))], columns, rows);
}
