using Hearth.Api.Workers;

namespace Hearth.Operator.FederatedAggregations;

/// <summary>What an aggregator's worker answered when it was asked.</summary>
/// <param name="Progress">Its latest line; null when it gave none.</param>
/// <param name="Trouble">Why it gave none.</param>
/// <param name="IsLost">Whether its worker answers, and has lost the assignment.</param>
/// <param name="IsSilent">Whether it has given none for so long that none is expected any more.</param>
internal sealed record AggregatorAnswer(AssignmentProgress? Progress, string? Trouble = null, bool IsLost = false, bool IsSilent = false);
