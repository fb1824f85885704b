using Hearth.Api.InferenceFunctions;
using Hearth.Worker.Artifacts;
using Hearth.Worker.OnnxRuntime;

namespace Hearth.Worker.Models;

/// <summary>Serves ONNX files by ONNX Runtime.</summary>
internal sealed class OnnxModelRuntime(ArtifactCache artifacts, RuntimeHost runtime) : IModelRuntime
{
    /// <inheritdoc/>
    public ModelFormat Format => ModelFormat.Onnx;

    /// <inheritdoc/>
    public long MemoryInUse => 0;

    /// <inheritdoc/>
    public string? FindLeak(IReadOnlyCollection<IModel> kept) =>
        runtime.LiveObjects - kept.Count(model => model is OnnxModel) is var live and > 0 ? $"{live} native objects" : null;

    /// <inheritdoc/>
    public async Task<IFetchedModel> FetchAsync(ModelReference model, IProgress<FetchProgress> progress, CancellationToken cancellation) =>
        new Fetched(runtime, await artifacts.FetchAsync(model, progress, cancellation), ArtifactUri.Display(new Uri(model.Uri)));

    private sealed class Fetched(RuntimeHost runtime, Artifact artifact, string source) : IFetchedModel
    {
        public bool? CacheHit => artifact.CacheHit;

        public long Length => artifact.Length;

        public async Task<IModel> LoadAsync(CancellationToken cancellation)
        {
            var env = await runtime.GetAsync(cancellation);
            InferenceSession? session = null;
            try
            {
                session = InferenceSession.Load(env, artifact.Path, new SessionOptions());
                artifact.ThrowIfReplaced();
                if (session.Signature.Outputs.IsEmpty)
                    throw AssignmentException.InvalidModel($"'{source}' has no output that is a tensor of a type that Hearth serves.");
                return new OnnxModel(session);
            }
            catch (Exception e) when (e is OnnxRuntimeException or NotSupportedException)
            {
                throw AssignmentException.InvalidModel($"'{source}' ({artifact.Length} bytes) cannot be served as an ONNX model: {e.Message}", e);
            }
            catch
            {
                session?.Dispose();
                throw;
            }
        }

        public void Dispose() => artifact.Dispose();
    }
}
