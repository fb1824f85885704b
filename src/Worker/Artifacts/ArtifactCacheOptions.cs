namespace Hearth.Worker.Artifacts;

/// <summary>Where artifacts are kept.</summary>
internal sealed record ArtifactCacheOptions
{
    /// <summary>Directory, shared by the workers of a node.</summary>
    public required string Directory { get; init; }

    /// <summary>Where volumes lie. Defaults to their mount paths.</summary>
    public VolumeMounts Mounts { get; init; } = VolumeMounts.Parse(null);

    /// <summary>Bytes that all artifacts together may take. Defaults to 10 GiB.</summary>
    public long MaxBytes { get; init; } = 10L << 30;

    /// <summary>Time with hardly a byte after which a download is given up. Defaults to 30 seconds.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes from which on an artifact is fetched in chunks, several at a time, where its source gives parts. Defaults to 64 MiB.</summary>
    public long ChunkedFrom { get; init; } = 64L << 20;

    /// <summary>Bytes of a chunk. Defaults to 16 MiB.</summary>
    public long ChunkBytes { get; init; } = 16L << 20;

    /// <summary>Chunks at a time. Defaults to 4: one stream of an object store gives some 100 MB/s, a node's network several times that.</summary>
    public int Chunks { get; init; } = 4;

    /// <summary>Bytes that a directory's file system has left for the worker's user. Defaults to what it says.</summary>
    public Func<string, long> FreeBytes { get; init; } = static directory => new DriveInfo(directory).AvailableFreeSpace;
}
