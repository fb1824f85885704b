using Hearth.Training.Checkpoints;

namespace Hearth.Training;

/// <summary>Where a training went on.</summary>
/// <param name="Step">Step of the checkpoint; null where it begins anew.</param>
/// <param name="Refused">Later checkpoints that could not be used; known to the first rank.</param>
public sealed record TrainingResumption(long? Step, IReadOnlyList<RefusedCheckpoint> Refused);
