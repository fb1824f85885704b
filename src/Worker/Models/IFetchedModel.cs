namespace Hearth.Worker.Models;

/// <summary>A model's files on this machine's disk. Until disposed, the cache does not evict them.</summary>
internal interface IFetchedModel : IDisposable
{
    /// <summary>Whether the cache had them all; null when they are used where they lie.</summary>
    bool? CacheHit { get; }

    /// <summary>Bytes of the files.</summary>
    long Length { get; }

    /// <summary>Makes the model ready to run.</summary>
    /// <exception cref="AssignmentException">It cannot be; says why.</exception>
    Task<IModel> LoadAsync(CancellationToken cancellation);
}
