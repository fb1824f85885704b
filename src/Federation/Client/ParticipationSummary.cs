namespace Hearth.Federation.Client;

/// <summary>What came of taking part.</summary>
/// <param name="Rounds">Rounds that the client trained for.</param>
/// <param name="Included">How many of these have its update in their model.</param>
/// <param name="NotIncluded">The others, each with the reason.</param>
/// <param name="ModelVersion">The last model.</param>
/// <param name="Manifest">Its description; null where it could not be had any more.</param>
/// <param name="Weights">Its weights, safetensors; null with the description.</param>
public sealed record ParticipationSummary(
    IReadOnlyList<int> Rounds, int Included, IReadOnlyList<string> NotIncluded, int ModelVersion, byte[]? Manifest, byte[]? Weights);
