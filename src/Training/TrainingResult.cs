using Hearth.Training.Models;

namespace Hearth.Training;

/// <summary>What came of a training, as its first rank knows it.</summary>
/// <param name="Evaluation">Loss and accuracy on the held-out examples; null where there are none.</param>
/// <param name="ModelDigest">SHA-256 of the <c>model.json</c> that was written; null where none was.</param>
public sealed record TrainingResult(Evaluation? Evaluation, string? ModelDigest);
