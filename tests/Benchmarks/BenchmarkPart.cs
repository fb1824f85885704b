namespace Hearth.Benchmarks;

/// <summary>Figures of one part of a row, by what they compare with.</summary>
/// <param name="Name">The part.</param>
/// <param name="Comparisons">Name of each comparison, and its figures by the names they have in JSON.</param>
internal sealed record BenchmarkPart(string Name, IReadOnlyList<(string Name, (string Name, double Value)[] Figures)> Comparisons);
