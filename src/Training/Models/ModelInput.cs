namespace Hearth.Training.Models;

/// <summary>What a model takes, as its callers name it.</summary>
public sealed record ModelInput
{
    /// <summary>Name of the input. Defaults to <c>input</c>.</summary>
    public string Name { get; set; } = "input";

    /// <summary>Dimensions of one example.</summary>
    public IReadOnlyList<long> Shape { get; set; } = [];
}
