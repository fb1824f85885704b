using Hearth.Api.InferenceFunctions;
using Hearth.Api.Workers;
using Hearth.Worker.Assignments;
using Hearth.Worker.Functions.Batching;
using Hearth.Worker.Functions.V2;
using Hearth.Worker.Models;
using Microsoft.Extensions.Logging;

namespace Hearth.Worker.Functions;

/// <summary>Makes a worker serve a function: by a model that is still loaded, or else has the runtime for its model's format fetch and load it.</summary>
internal sealed class FunctionLoader(
    IReadOnlyList<IModelRuntime> runtimes, ResidentModels residents, V2Endpoint v2, long defaultMaxBodyBytes, WorkerMetrics metrics, TimeProvider time,
    ILogger<FunctionLoader> logger) : IRoleLoader, IDisposable
{
    // Parsing a model and rewriting its graph takes about its size again.
    private const int LoadFactor = 2;

    private readonly SemaphoreSlim _processors = new(Environment.ProcessorCount);

    /// <inheritdoc/>
    public WorkerRole Role => WorkerRole.Function;

    /// <inheritdoc/>
    public string? FindFault(Assignment assignment) => assignment.Model is null ? "The assignment has no model." : null;

    /// <inheritdoc/>
    public string? FindLeak()
    {
        var kept = residents.Idle.Select(resident => resident.Model).ToList();
        return string.Join(" and ", runtimes.Select(runtime => runtime.FindLeak(kept)).OfType<string>()) is { Length: > 0 } leak ? leak : null;
    }

    /// <inheritdoc/>
    public long KeptBytes => residents.NativeBytes;

    /// <inheritdoc/>
    public async Task<(IServedRole Served, AssignmentProgress Ready)> LoadAsync(
        Assignment assignment, ProgressLog progress, CancellationToken cancellation)
    {
        var runtime = FindRuntime(assignment.Model!);
        progress.Append(new AssignmentProgress { Id = assignment.Id, State = AssignmentState.Fetching });
        var (model, before, ready) = await GetModelAsync(assignment, runtime, progress, cancellation);
        var maxBodyBytes = assignment.MaxBodyBytes > 0 ? assignment.MaxBodyBytes : defaultMaxBodyBytes;
        var served = new ServedModel(assignment, model.Model, _processors, maxBodyBytes, End);
        if (assignment.Batching is { } batching)
        {
            if (BatchRules.FindFault(model.Model.Signature) is { } notBatched)
                ready.NotBatched = $"The model cannot take several requests in one run, so each has its own: {notBatched}.";
            else
                served.Batch(batching, metrics, time, logger);
        }
        return (new ServedFunction(served, v2), ready);

        // Kept with the memory that came while it was served.
        void End(bool isSound)
        {
            if (isSound && ModelKey.Of(assignment) is not null)
                residents.Keep(model.Grown(MemoryUse.Of(runtime).Since(before)));
            else
                model.Model.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _processors.Dispose();

    private IModelRuntime FindRuntime(ModelReference reference) =>
        runtimes.FirstOrDefault(runtime => runtime.Format == reference.Format) ?? throw new AssignmentException(new AssignmentFailure(
            AssignmentFailureReason.RuntimeUnavailable,
            $"This worker has no runtime for models of format {reference.Format}; it serves {string.Join(", ", runtimes.Select(known => known.Format))}."));

    /// <summary>A model that is loaded still, or one that is loaded now; the memory before that; and the line that tells of it.</summary>
    private async Task<(ResidentModel Model, MemoryUse Before, AssignmentProgress Ready)> GetModelAsync(
        Assignment assignment, IModelRuntime runtime, ProgressLog progress, CancellationToken cancellation)
    {
        var (uri, key) = (assignment.Model!.Uri, ModelKey.Of(assignment));
        var start = time.GetTimestamp();
        if (key is { } known && residents.Take(known, uri) is { } resident)
            return (resident, MemoryUse.Of(runtime), Ready(start, cacheHit: true, isResident: true));
        using var files = await runtime.FetchAsync(assignment.Model, new FetchProgressLines(assignment.Id, progress), cancellation);
        var fetched = time.GetTimestamp();
        // It has read the bytes itself, so it may have the model from wherever they were read before.
        if (key is { } read && residents.Take(read, uri: null) is { } same)
            return (same, MemoryUse.Of(runtime), Ready(fetched, files.CacheHit, isResident: true));
        progress.Append(new AssignmentProgress { Id = assignment.Id, State = AssignmentState.Loading });
        residents.MakeRoom(LoadFactor * files.Length, HostMemory.Free());
        var before = MemoryUse.Of(runtime);
        var model = new ResidentModel(key ?? default, uri, await files.LoadAsync(cancellation), files.Length, default);
        return (model, before, Ready(fetched, files.CacheHit, isResident: false));

        AssignmentProgress Ready(long fetchedAt, bool? cacheHit, bool isResident) => new()
        {
            Id = assignment.Id,
            State = AssignmentState.Ready,
            DeployCodeMs = time.GetElapsedTime(start, fetchedAt).TotalMilliseconds,
            DeployDependencyMs = time.GetElapsedTime(fetchedAt).TotalMilliseconds,
            CacheHit = cacheHit,
            Resident = isResident,
        };
    }
}
