namespace Hearth.Cli.Demos.Functions;

/// <summary>Options of <c>hearth demo functions</c>.</summary>
internal sealed record FunctionsDemoOptions
{
    /// <summary>ONNX file to serve instead of the digits example. Defaults to null.</summary>
    public string? Model { get; init; }

    /// <summary>Inputs of <see cref="Model"/>. Defaults to none.</summary>
    public IReadOnlyList<InputFile> Inputs { get; init; } = [];

    /// <summary>Whether tensors travel as bytes instead of JSON. Defaults to false.</summary>
    public bool Binary { get; init; }

    /// <summary>File for the answer, as JSON. Defaults to none.</summary>
    public string? Output { get; init; }

    /// <summary>File for the figures, as JSON. Defaults to none.</summary>
    public string? Report { get; init; }
}
