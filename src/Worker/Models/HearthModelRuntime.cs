using Hearth.Api.InferenceFunctions;
using Hearth.Compute.Accelerators;
using Hearth.Compute.Cpu;
using Hearth.Training.Artifacts;
using Hearth.Training.Models;
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
    public long MemoryInUse => _accelerator.IsValueCreated ? _accelerator.Value.MemoryInUse : 0;

    /// <inheritdoc/>
    public string? FindLeak(IReadOnlyCollection<IModel> kept) =>
        MemoryInUse - kept.OfType<HearthModel>().Sum(model => model.Bytes) is var bytes and > 0 ? $"{bytes} bytes of buffers" : null;

    /// <inheritdoc/>
    public async Task<IFetchedModel> FetchAsync(ModelReference model, IProgress<FetchProgress> progress, CancellationToken cancellation) =>
        await FetchFilesAsync(model, progress, cancellation);

    /// <summary>Fetches and loads a model that is not to be served but worked on; the caller disposes it.</summary>
    /// <exception cref="AssignmentException">It cannot be had, or is no model.</exception>
    public async Task<Network> LoadAsync(ModelReference model, IProgress<FetchProgress> progress, CancellationToken cancellation)
    {
        using var files = await FetchFilesAsync(model, progress, cancellation);
        return files.Load();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_accelerator.IsValueCreated)
            _accelerator.Value.Dispose();
    }

    private async Task<Fetched> FetchFilesAsync(ModelReference model, IProgress<FetchProgress> progress, CancellationToken cancellation)
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

    private Uri ManifestUri(string text)
    {
        var uri = ArtifactUri.Parse(text);
        return artifacts.IsFolder(uri) ? new Uri($"{uri.AbsoluteUri.TrimEnd('/')}/{ModelManifest.FileName}") : uri;
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

        public long Length => weights.Length;

        public Task<IModel> LoadAsync(CancellationToken cancellation) => Task.FromResult<IModel>(new HearthModel(Load()));

        public Network Load()
        {
            var network = Explain(() => ModelArtifact.Load(manifest, weights.Path, source, accelerator.Value));
            try
            {
                weights.ThrowIfReplaced();
                return network;
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
