using Hearth.Api.Workers;
using Hearth.Worker.Assignments;
using Hearth.Worker.Models;

namespace Hearth.Worker.Functions;

/// <summary>Makes a worker serve a function: has the runtime for its model's format fetch and load it.</summary>
internal sealed class FunctionLoader(IReadOnlyList<IModelRuntime> runtimes, long defaultMaxBodyBytes, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _processors = new(Environment.ProcessorCount);

    /// <summary>What earlier assignments left behind, as the subject of a sentence; null where that is nothing.</summary>
    public string? FindLeak() => string.Join(" and ", runtimes.Select(runtime => runtime.FindLeak()).OfType<string>()) is { Length: > 0 } leak ? leak : null;

    /// <summary>Loads.</summary>
    /// <returns>The model and the line that announces it.</returns>
    /// <exception cref="AssignmentException">It cannot; says why.</exception>
    public async Task<(ServedModel Model, AssignmentProgress Ready)> LoadAsync(
        Assignment assignment, ProgressLog progress, CancellationToken cancellation)
    {
        if (assignment.Model is not { } reference)
            throw AssignmentException.InvalidModel("The assignment names no model.");
        if (runtimes.FirstOrDefault(runtime => runtime.Format == reference.Format) is not { } runtime)
        {
            throw new AssignmentException(new AssignmentFailure(
                AssignmentFailureReason.RuntimeUnavailable,
                $"This worker has no runtime for models of format {reference.Format}; it serves {string.Join(", ", runtimes.Select(known => known.Format))}."));
        }
        progress.Append(new AssignmentProgress { Id = assignment.Id, State = AssignmentState.Fetching });
        var start = time.GetTimestamp();
        using var files = await runtime.FetchAsync(reference, new FetchProgressLines(assignment.Id, progress), cancellation);
        var fetched = time.GetTimestamp();
        progress.Append(new AssignmentProgress { Id = assignment.Id, State = AssignmentState.Loading });
        var model = await files.LoadAsync(cancellation);
        var served = new ServedModel(assignment, model, _processors, assignment.MaxBodyBytes > 0 ? assignment.MaxBodyBytes : defaultMaxBodyBytes);
        return (served, new AssignmentProgress
        {
            Id = assignment.Id,
            State = AssignmentState.Ready,
            DeployCodeMs = time.GetElapsedTime(start, fetched).TotalMilliseconds,
            DeployDependencyMs = time.GetElapsedTime(fetched).TotalMilliseconds,
            CacheHit = files.CacheHit,
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _processors.Dispose();
}
