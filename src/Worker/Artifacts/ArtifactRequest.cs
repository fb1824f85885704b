namespace Hearth.Worker.Artifacts;

/// <summary>What of an artifact is asked for.</summary>
/// <param name="Unless">Validator of the version at hand: while that is the current one nothing is sent. Null to get any.</param>
/// <param name="Version">Validator of the version of which this is to be a part; null for whatever is current.</param>
/// <param name="Offset">The first byte.</param>
/// <param name="End">The byte after the last; null for the artifact's end.</param>
internal readonly record struct ArtifactRequest(string? Unless = null, string? Version = null, long Offset = 0, long? End = null)
{
    private const string ETagPrefix = "etag:";

    /// <summary>The validator that stands for an entity tag.</summary>
    public static string OfTag(string tag) => ETagPrefix + tag;

    /// <summary>The entity tag of a validator; null where it is none.</summary>
    public static string? TagOf(string? validator) =>
        validator?.StartsWith(ETagPrefix, StringComparison.Ordinal) == true ? validator[ETagPrefix.Length..] : null;
}
