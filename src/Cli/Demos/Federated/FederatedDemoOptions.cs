namespace Hearth.Cli.Demos.Federated;

/// <summary>Options of <c>hearth demo federated</c>.</summary>
internal sealed record FederatedDemoOptions
{
    /// <summary>Folder of the digits, as IDX files. Defaults to those beside the repository, else to drawn ones.</summary>
    public string? Data { get; init; }

    /// <summary>Clients that take part, each with digits of its own. Defaults to 20.</summary>
    public int Clients { get; init; } = 20;

    /// <summary>Rounds. Defaults to 10.</summary>
    public int Rounds { get; init; } = 10;

    /// <summary>Held-out accuracy after the last round below which the demo fails. Defaults to 0.88.</summary>
    public double MinAccuracy { get; init; } = 0.88;

    /// <summary>File for the figures, as JSON. Defaults to none.</summary>
    public string? Report { get; init; }
}
