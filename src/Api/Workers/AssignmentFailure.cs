namespace Hearth.Api.Workers;

/// <summary>Why an assignment failed.</summary>
/// <param name="Reason">One word in Pascal case, a constant of <see cref="AssignmentFailureReason"/>.</param>
/// <param name="Message">What was expected and what to do.</param>
/// <param name="Retriable">Whether the same assignment may succeed later or elsewhere.</param>
public sealed record AssignmentFailure(string Reason, string Message, bool Retriable = false);
