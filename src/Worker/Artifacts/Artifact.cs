namespace Hearth.Worker.Artifacts;

/// <summary>An artifact on this machine's disk. Until disposed, the cache does not evict it.</summary>
internal sealed class Artifact : IDisposable
{
    private readonly FileStream _lease;
    private readonly FileVersion? _inPlace;

    /// <summary>Presents a file.</summary>
    /// <param name="lease">The file, open; closed with the artifact.</param>
    /// <param name="cacheHit">Whether the cache had it; null when it is used where it lies.</param>
    /// <param name="inPlace">The version of a file that is used where it lies.</param>
    public Artifact(FileStream lease, bool? cacheHit, FileVersion? inPlace = null)
    {
        _lease = lease;
        _inPlace = inPlace;
        CacheHit = cacheHit;
        Length = lease.Length;
    }

    /// <summary>Where it lies.</summary>
    public string Path => _lease.Name;

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>Whether the cache had it; null when it is used where it lies.</summary>
    public bool? CacheHit { get; }

    /// <summary>Checks, once the file has been read by its path, that those were the bytes whose digest was checked.</summary>
    /// <exception cref="AssignmentException">Someone replaced the file meanwhile.</exception>
    public void ThrowIfReplaced()
    {
        if (_inPlace is { } version && FileVersion.Of(Path) != version)
            throw AssignmentException.Unavailable($"'{Path}' changed while it was being read. Write models under a new name and rename them.", retriable: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _lease.Dispose();
}
