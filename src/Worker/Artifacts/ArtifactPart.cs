namespace Hearth.Worker.Artifacts;

/// <summary>An artifact, or a part of one, whose head has come and whose body can be read.</summary>
/// <param name="uri">What was asked for.</param>
/// <param name="response">Disposed with this.</param>
/// <param name="open">Gives the body.</param>
internal sealed class ArtifactPart(Uri uri, IDisposable response, Func<CancellationToken, Task<Stream>> open) : IDisposable
{
    /// <summary>What was asked for.</summary>
    public Uri Uri { get; } = uri;

    /// <summary>Whether the version at hand is still the current one; then there is no body.</summary>
    public bool NotModified { get; init; }

    /// <summary>What tells this version from others; null when the source gave nothing.</summary>
    public string? Validator { get; init; }

    /// <summary>Where in the artifact the body begins.</summary>
    public long Offset { get; init; }

    /// <summary>Bytes of the whole artifact, where the source said.</summary>
    public long? Length { get; init; }

    /// <summary>Whether a part of this very version can be asked for later.</summary>
    public bool CanResume { get; init; }

    /// <summary>Whether the source said that it gives parts.</summary>
    public bool HasRanges { get; init; }

    /// <summary>The body.</summary>
    public Task<Stream> OpenAsync(CancellationToken cancellation) => open(cancellation);

    /// <inheritdoc/>
    public void Dispose() => response.Dispose();
}
