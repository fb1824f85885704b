using Hearth.Api.InferenceFunctions;
using Hearth.Api.Workers;
using Hearth.Worker.Artifacts;
using Hearth.Worker.Assignments;
using Hearth.Worker.OnnxRuntime;

namespace Hearth.Worker.Functions;

/// <summary>Makes a worker serve a function: fetches the artifact, builds the session.</summary>
internal sealed class FunctionLoader(ArtifactCache artifacts, RuntimeHost runtime, long defaultMaxBodyBytes, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _processors = new(Environment.ProcessorCount);

    /// <summary>Native objects that earlier assignments left behind.</summary>
    public int LiveObjects => runtime.LiveObjects;

    /// <summary>Loads.</summary>
    /// <returns>The model and the line that announces it.</returns>
    /// <exception cref="AssignmentException">It cannot; says why.</exception>
    public async Task<(ServedModel Model, AssignmentProgress Ready)> LoadAsync(
        Assignment assignment, ProgressLog progress, CancellationToken cancellation)
    {
        if (assignment.Model is not { } model)
            throw Invalid("The assignment names no model.");
        if (model.Format != ModelFormat.Onnx)
        {
            throw new AssignmentException(new AssignmentFailure(
                AssignmentFailureReason.RuntimeUnavailable, $"This worker has no runtime for models of format {model.Format}; it serves {ModelFormat.Onnx}."));
        }
        progress.Append(new AssignmentProgress { Id = assignment.Id, State = AssignmentState.Fetching });
        var start = time.GetTimestamp();
        using var artifact = await artifacts.FetchAsync(model, new FetchProgressLines(assignment.Id, progress), cancellation);
        var fetched = time.GetTimestamp();
        progress.Append(new AssignmentProgress { Id = assignment.Id, State = AssignmentState.Loading });
        var env = await runtime.GetAsync(cancellation);
        var session = BuildSession(env, artifact, ArtifactUri.Display(new Uri(model.Uri)));
        var served = new ServedModel(assignment, session, _processors, assignment.MaxBodyBytes > 0 ? assignment.MaxBodyBytes : defaultMaxBodyBytes);
        return (served, new AssignmentProgress
        {
            Id = assignment.Id,
            State = AssignmentState.Ready,
            DeployCodeMs = time.GetElapsedTime(start, fetched).TotalMilliseconds,
            DeployDependencyMs = time.GetElapsedTime(fetched).TotalMilliseconds,
            CacheHit = artifact.CacheHit,
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _processors.Dispose();

    private static InferenceSession BuildSession(OrtEnv env, Artifact artifact, string source)
    {
        InferenceSession? session = null;
        try
        {
            session = InferenceSession.Load(env, artifact.Path, new SessionOptions());
            artifact.ThrowIfReplaced();
            if (session.Signature.Outputs.IsEmpty)
                throw Invalid($"'{source}' has no output that is a tensor of a type that Hearth serves.");
            return session;
        }
        catch (Exception e) when (e is OnnxRuntimeException or NotSupportedException)
        {
            throw Invalid($"'{source}' ({artifact.Length} bytes) cannot be served as an ONNX model: {e.Message}", e);
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    private static AssignmentException Invalid(string message, Exception? inner = null) =>
        new(new AssignmentFailure(AssignmentFailureReason.InvalidModel, message), inner);
}
