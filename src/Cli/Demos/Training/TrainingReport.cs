namespace Hearth.Cli.Demos.Training;

/// <summary>What <c>--report</c> writes.</summary>
internal sealed record TrainingReport : DemoReport
{
    /// <summary>Steps that the model was trained for.</summary>
    public required long Steps { get; init; }

    /// <summary>The losses that the job's status showed, about one a second, in the order of their steps.</summary>
    public required IReadOnlyList<LossPoint> LossCurve { get; init; }

    /// <summary>Part of the held-out digits that the model reads rightly, 0 to 1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>How often the job was started anew.</summary>
    public required int Restarts { get; init; }

    /// <summary>From applying the job to its end, in seconds.</summary>
    public required double Seconds { get; init; }
}
