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

    /// <summary>Time without a byte after which a download is given up. Defaults to 30 seconds.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
