using Hearth.Api.Workers;

namespace Hearth.Worker;

/// <summary>An assignment cannot be carried out; what the claimer is told.</summary>
/// <param name="failure">Reason and sentence.</param>
/// <param name="innerException">What the system said.</param>
internal sealed class AssignmentException(AssignmentFailure failure, Exception? innerException = null) : Exception(failure.Message, innerException)
{
    /// <summary>Reason and sentence.</summary>
    public AssignmentFailure Failure { get; } = failure;

    /// <summary>The artifact is not there.</summary>
    public static AssignmentException NotFound(string message, Exception? inner = null) =>
        new(new AssignmentFailure(AssignmentFailureReason.ArtifactNotFound, message), inner);

    /// <summary>The artifact cannot be read.</summary>
    public static AssignmentException Unavailable(string message, bool retriable, Exception? inner = null) =>
        new(new AssignmentFailure(AssignmentFailureReason.ArtifactUnavailable, message, retriable), inner);

    /// <summary>The artifact is no model that can be served.</summary>
    public static AssignmentException InvalidModel(string message, Exception? inner = null) =>
        new(new AssignmentFailure(AssignmentFailureReason.InvalidModel, message), inner);

    /// <summary>The output cannot be written to.</summary>
    public static AssignmentException OutputUnavailable(string message, bool retriable, Exception? inner = null) =>
        new(new AssignmentFailure(AssignmentFailureReason.OutputUnavailable, message, retriable), inner);

    /// <summary>The artifact has other bytes than declared.</summary>
    public static AssignmentException DigestMismatch(string source, string expected, string actual) =>
        new(new AssignmentFailure(
            AssignmentFailureReason.DigestMismatch,
            $"{source} has SHA-256 {actual}, but {expected} was declared. Correct the digest, or restore the file it was taken from."));
}
