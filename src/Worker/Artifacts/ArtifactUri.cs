namespace Hearth.Worker.Artifacts;

/// <summary>Reads an artifact's URI.</summary>
internal static class ArtifactUri
{
    /// <summary>Scheme of objects in buckets, <c>s3://bucket/key</c>.</summary>
    public const string S3 = "s3";

    /// <summary>Scheme of files on a PersistentVolumeClaim that the pool mounts, <c>pvc://claim/path</c>.</summary>
    public const string Claim = "pvc";

    /// <summary>A URI of a scheme that Hearth reads.</summary>
    /// <exception cref="AssignmentException">It is none.</exception>
    public static Uri Parse(string text) => TryParse(text) ?? throw AssignmentException.NotFound(
        $"'{text}' is no artifact's URI: expected file:///absolute/path, pvc://claim/path, s3://bucket/key, http:// or https://.");

    /// <summary>A URI of a scheme that Hearth reads; null for any other text.</summary>
    public static Uri? TryParse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri))
            return null;
        var isOurs = uri.Scheme switch
        {
            _ when uri.IsFile => uri.Host.Length == 0 && text.StartsWith("file:///", StringComparison.OrdinalIgnoreCase),
            // A step out of the claim would be a step into the worker's own files.
            Claim => uri.Host.Length > 0 && !Uri.UnescapeDataString(text).Split('/').Contains(".."),
            S3 => uri.Host.Length > 0 && uri.AbsolutePath.Length > 1,
            _ => uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps,
        };
        return isOurs ? uri : null;
    }

    /// <summary>The URI for people: without credentials and query, which may be secret.</summary>
    public static string Display(Uri uri) =>
        uri.IsFile ? uri.LocalPath : uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
