using Hearth.Api.Workers;

namespace Hearth.Operator.TrainingJobs;

/// <summary>What a worker answered about its assignment.</summary>
/// <param name="Line">Its latest line; null when it did not answer, or has another assignment or none.</param>
/// <param name="Trouble">What is wrong, in words; null when nothing is.</param>
/// <param name="IsLost">Whether it will not train again.</param>
internal sealed record WorkerReport(AssignmentProgress? Line, string? Trouble = null, bool IsLost = false);
