using Hearth.Api.InferenceFunctions;
using Hearth.Api.Workers;
using Hearth.Worker.Assignments;
using Hearth.Worker.Functions.V2;
using Hearth.Worker.Models;

namespace Hearth.Worker.Functions;

/// <summary>Makes a worker serve a function: by a model that is still loaded, or else has the runtime for its model's format fetch and load it.</summary>
internal sealed class FunctionLoader(IReadOnlyList<IModelRuntime> runtimes, ResidentModels residents, V2Endpoint v2, long defaultMaxBodyBytes, TimeProvider time)
    : IRoleLoader, IDisposable
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
        var key = ModelKey.Of(assignment);
        progress.Append(new AssignmentProgress { Id = assignment.Id, State = AssignmentState.Fetching });
        var start = time.GetTimestamp();
        if (key is { } known && residents.Take(known, assignment.Model!.Uri) is { } resident)
            return (Serve(assignment, runtime, resident, MemoryUse.Of(runtime)), Ready(assignment, start, start, true, true));
        using var files = await runtime.FetchAsync(assignment.Model!, new FetchProgressLines(assignment.Id, progress), cancellation);
        var fetched = time.GetTimestamp();
        // It has read the bytes itself, so it may have the model from wherever they were read before.
        if (key is { } read && residents.Take(read, uri: null) is { } same)
            return (Serve(assignment, runtime, same, MemoryUse.Of(runtime)), Ready(assignment, start, fetched, files.CacheHit, true));
        progress.Append(new AssignmentProgress { Id = assignment.Id, State = AssignmentState.Loading });
        residents.MakeRoom(LoadFactor * files.Length, HostMemory.Free());
        var before = MemoryUse.Of(runtime);
        var model = new ResidentModel(key ?? default, assignment.Model!.Uri, await files.LoadAsync(cancellation), files.Length, default);
        return (Serve(assignment, runtime, model, before), Ready(assignment, start, fetched, files.CacheHit, false));
    }

    /// <inheritdoc/>
    public void Dispose() => _processors.Dispose();

    private IModelRuntime FindRuntime(ModelReference reference) =>
        runtimes.FirstOrDefault(runtime => runtime.Format == reference.Format) ?? throw new AssignmentException(new AssignmentFailure(
            AssignmentFailureReason.RuntimeUnavailable,
            $"This worker has no runtime for models of format {reference.Format}; it serves {string.Join(", ", runtimes.Select(known => known.Format))}."));

    private AssignmentProgress Ready(Assignment assignment, long start, long fetched, bool? cacheHit, bool resident) => new()
    {
        Id = assignment.Id,
        State = AssignmentState.Ready,
        DeployCodeMs = time.GetElapsedTime(start, fetched).TotalMilliseconds,
        DeployDependencyMs = time.GetElapsedTime(fetched).TotalMilliseconds,
        CacheHit = cacheHit,
        Resident = resident,
    };

    /// <summary>Serves a model, which is kept at the end, with the memory that came since <paramref name="before"/>, or unloaded.</summary>
    private ServedFunction Serve(Assignment assignment, IModelRuntime runtime, ResidentModel model, MemoryUse before)
    {
        var maxBodyBytes = assignment.MaxBodyBytes > 0 ? assignment.MaxBodyBytes : defaultMaxBodyBytes;
        return new(new ServedModel(assignment, model.Model, _processors, maxBodyBytes, End), v2);

        void End(bool isSound)
        {
            if (isSound && ModelKey.Of(assignment) is not null)
                residents.Keep(model.Grown(MemoryUse.Of(runtime).Since(before)));
            else
                model.Model.Dispose();
        }
    }
}
