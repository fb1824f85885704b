using Hearth.Api.InferenceFunctions;
using Hearth.Compute.Accelerators;
using Hearth.Compute.Cpu;
using Hearth.Training.Artifacts;
using Hearth.Worker.Artifacts;

namespace Hearth.Worker.Models;

/// <summary>Serves what Hearth trained: <c>model.json</c>, which the URI names (a folder of files may stand for the one in it), and the weights beside it.</summary>
internal sealed class HearthModelRuntime(ArtifactCache artifacts) : IModelRuntime, IDisposable
{
    // Its threads start with the first model.
    private readonly Lazy<CpuAccelerator> _accelerator = new(() => new CpuAccelerator());

    /// <inheritdoc/>
    public ModelFormat Format => ModelFormat.Hearth;

    /// <inheritdoc/>
    public string? FindLeak() => _accelerator is { IsValueCreated: true, Value.MemoryInUse: var bytes and > 0 } ? $"{bytes} bytes of buffers" : null;

    /// <inheritdoc/>
    public async Task<IFetchedModel> FetchAsync(ModelReference model, IProgress<FetchProgress> progress, CancellationToken cancellation)
    {
        var uri = ManifestUri(model.Uri);
        using var file = await artifacts.FetchAsync(model with { Uri = uri.AbsoluteUri }, progress, cancellation);
        var manifest = Explain(() => ModelManifest.Read(file.Path, ArtifactUri.Display(uri)));
        file.ThrowIfReplaced();
        var weightsUri = new Uri(uri, manifest.Weights.File);
        var weights = await artifacts.FetchAsync(
            new ModelReference { Uri = weightsUri.AbsoluteUri, Format = Format, Sha256 = manifest.Weights.Sha256 }, progress, cancellation);
        return new Fetched(_accelerator, manifest, weights, ArtifactUri.Display(weightsUri), file.CacheHit & weights.CacheHit);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_accelerator.IsValueCreated)
            _accelerator.Value.Dispose();
    }

    private static Uri ManifestUri(string text)
    {
        var uri = ArtifactUri.Parse(text);
        return uri.IsFile && Directory.Exists(uri.LocalPath) ? new Uri($"{uri.AbsoluteUri.TrimEnd('/')}/{ModelManifest.FileName}") : uri;
    }

    private static T Explain<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is ModelFormatException or AcceleratorMemoryException)
        {
            throw AssignmentException.InvalidModel(e.Message, e);
        }
    }

    private sealed class Fetched(Lazy<CpuAccelerator> accelerator, ModelManifest manifest, Artifact weights, string source, bool? cacheHit) : IFetchedModel
    {
        public bool? CacheHit => cacheHit;

        public Task<IModel> LoadAsync(CancellationToken cancellation)
        {
            var network = Explain(() => ModelArtifact.Load(manifest, weights.Path, source, accelerator.Value));
            try
            {
                weights.ThrowIfReplaced();
                return Task.FromResult<IModel>(new HearthModel(network));
            }
            catch
            {
                network.Dispose();
                throw;
            }
        }

        public void Dispose() => weights.Dispose();
    }
}
