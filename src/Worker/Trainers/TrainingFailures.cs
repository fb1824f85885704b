using Hearth.Api.Workers;
using Hearth.Training;
using Hearth.Training.Checkpoints;
using Hearth.Transport.Collectives;

namespace Hearth.Worker.Trainers;

/// <summary>What the ends of a training mean for its job.</summary>
internal static class TrainingFailures
{
    /// <summary>The data cannot be used.</summary>
    public static AssignmentException InvalidDataset(string message, Exception? inner = null) =>
        new(new AssignmentFailure(AssignmentFailureReason.InvalidDataset, message), inner);

    /// <summary>The model cannot be built, or does not fit the data.</summary>
    public static AssignmentException InvalidArchitecture(string message, Exception? inner = null) =>
        new(new AssignmentFailure(AssignmentFailureReason.InvalidArchitecture, message), inner);

    /// <summary>The failure that an exception stands for; null where it is none that is foreseen.</summary>
    public static AssignmentFailure? Find(Exception error) => error switch
    {
        AssignmentException e => e.Failure,
        TrainingDivergedException => new(AssignmentFailureReason.Diverged, error.Message),
        CheckpointMismatchException => new(AssignmentFailureReason.CheckpointMismatch, error.Message),
        CollectiveException => new(AssignmentFailureReason.PeerLost, error.Message, Retriable: true),
        IOException => new(AssignmentFailureReason.StorageFailed, $"A checkpoint or the model cannot be written: {error.Message}", Retriable: true),
        UnauthorizedAccessException => new(
            AssignmentFailureReason.StorageFailed, $"A checkpoint or the model may not be written by the worker's user: {error.Message}"),
        _ => null,
    };

    /// <summary>Tells failures that are foreseen as such.</summary>
    public static async Task<T> ExplainAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is not AssignmentException && Find(e) is { } failure)
        {
            throw new AssignmentException(failure, e);
        }
    }
}
