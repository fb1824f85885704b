using Hearth.Api.InferenceFunctions;
using Hearth.Worker.Artifacts;

namespace Hearth.Worker.Models;

/// <summary>Fetches and loads the models of one format.</summary>
internal interface IModelRuntime
{
    /// <summary>The format.</summary>
    ModelFormat Format { get; }

    /// <summary>Bytes that its models hold as it counts them itself, outside the native heap too; 0 where it does not count.</summary>
    long MemoryInUse { get; }

    /// <summary>What models that were unloaded left behind, as the subject of a sentence; null where that is nothing.</summary>
    /// <param name="kept">Models that are loaded still, of whatever format.</param>
    string? FindLeak(IReadOnlyCollection<IModel> kept);

    /// <summary>Brings a model's files to this machine.</summary>
    /// <exception cref="AssignmentException">They cannot be had, or name others wrongly; says why.</exception>
    Task<IFetchedModel> FetchAsync(ModelReference model, IProgress<FetchProgress> progress, CancellationToken cancellation);
}
