namespace Hearth.Cli.Demos.Training;

/// <summary>Options of <c>hearth demo training</c>.</summary>
internal sealed record TrainingDemoOptions
{
    /// <summary>Folder of the digits, as IDX files. Defaults to those beside the repository, else to drawn ones.</summary>
    public string? Data { get; init; }

    /// <summary>Steps to train. Defaults to 2,500.</summary>
    public int Steps { get; init; } = 2_500;

    /// <summary>Held-out accuracy below which the demo fails. Defaults to 0.93.</summary>
    public double MinAccuracy { get; init; } = 0.93;

    /// <summary>File for the figures, as JSON. Defaults to none.</summary>
    public string? Report { get; init; }
}
