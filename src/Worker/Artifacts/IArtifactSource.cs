namespace Hearth.Worker.Artifacts;

/// <summary>Where artifacts of some schemes come from.</summary>
internal interface IArtifactSource
{
    /// <summary>Asks for an artifact, or a part of it, and reads the answer's head.</summary>
    /// <param name="uri">What to get.</param>
    /// <param name="request">Which version, and which part.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The answer; null when a version was asked for that is no longer the current one.</returns>
    /// <exception cref="AssignmentException">It cannot be had; says why, and whether it may be had later.</exception>
    Task<ArtifactPart?> OpenAsync(Uri uri, ArtifactRequest request, CancellationToken cancellation);
}
