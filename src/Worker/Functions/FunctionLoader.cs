using Hearth.Api.Workers;
using Hearth.Worker.Assignments;
using Hearth.Worker.Functions.Batching;
using Hearth.Worker.Functions.V2;
using Hearth.Worker.Models;
using Microsoft.Extensions.Logging;

namespace Hearth.Worker.Functions;

/// <summary>Makes a worker serve a function: has the runtime for its model's format fetch and load it.</summary>
internal sealed class FunctionLoader(
    IReadOnlyList<IModelRuntime> runtimes, V2Endpoint v2, long defaultMaxBodyBytes, WorkerMetrics metrics, TimeProvider time, ILogger<FunctionLoader> logger) : IRoleLoader, IDisposable
{
    private readonly SemaphoreSlim _processors = new(Environment.ProcessorCount);

    /// <inheritdoc/>
    public WorkerRole Role => WorkerRole.Function;

    /// <inheritdoc/>
    public string? FindFault(Assignment assignment) => assignment.Model is null ? "The assignment has no model." : null;

    /// <inheritdoc/>
    public string? FindLeak() => string.Join(" and ", runtimes.Select(runtime => runtime.FindLeak()).OfType<string>()) is { Length: > 0 } leak ? leak : null;

    /// <inheritdoc/>
    public async Task<(IServedRole Served, AssignmentProgress Ready)> LoadAsync(
        Assignment assignment, ProgressLog progress, CancellationToken cancellation)
    {
        var reference = assignment.Model!;
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
        var notBatched = assignment.Batching is null ? null : BatchRules.FindFault(model.Signature);
        var served = new ServedModel(assignment, model, _processors, assignment.MaxBodyBytes > 0 ? assignment.MaxBodyBytes : defaultMaxBodyBytes);
        if (assignment.Batching is { } batching && notBatched is null)
            served.Batch(batching, metrics, time, logger);
        return (new ServedFunction(served, v2), new AssignmentProgress
        {
            Id = assignment.Id,
            State = AssignmentState.Ready,
            DeployCodeMs = time.GetElapsedTime(start, fetched).TotalMilliseconds,
            DeployDependencyMs = time.GetElapsedTime(fetched).TotalMilliseconds,
            CacheHit = files.CacheHit,
            NotBatched = notBatched is null ? null : $"The model cannot take several requests in one run, so each has its own: {notBatched}.",
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _processors.Dispose();
}
