using Hearth.Api.Workers;

namespace Hearth.Worker.Assignments;

/// <summary>Makes a worker take a role.</summary>
internal interface IRoleLoader
{
    /// <summary>Which one.</summary>
    WorkerRole Role { get; }

    /// <summary>What an assignment to this role lacks, a sentence; null where it can be tried.</summary>
    string? FindFault(Assignment assignment);

    /// <summary>What earlier assignments left behind, as the subject of a sentence; null where that is nothing.</summary>
    string? FindLeak();

    /// <summary>Bytes of native memory that are kept on purpose for assignments to come.</summary>
    long KeptBytes => 0;

    /// <summary>Takes the role.</summary>
    /// <param name="assignment">What is asked for, without fault.</param>
    /// <param name="progress">
    /// Told how far it is. A role whose work ends by itself goes on to tell it there, <see cref="AssignmentState.Running"/> until
    /// <see cref="AssignmentState.Succeeded"/> or <see cref="AssignmentState.Failed"/>, once the line that is returned stands there.
    /// </param>
    /// <param name="cancellation">The assignment is released.</param>
    /// <returns>The role and the line that announces it.</returns>
    /// <exception cref="AssignmentException">It cannot; says why.</exception>
    Task<(IServedRole Served, AssignmentProgress Ready)> LoadAsync(Assignment assignment, ProgressLog progress, CancellationToken cancellation);
}
