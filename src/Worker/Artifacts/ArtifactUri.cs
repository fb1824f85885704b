namespace Hearth.Worker.Artifacts;

/// <summary>Reads an artifact's URI.</summary>
internal static class ArtifactUri
{
    /// <summary>A URI that names a local file or an HTTP resource.</summary>
    /// <exception cref="AssignmentException">It is neither.</exception>
    public static Uri Parse(string text) =>
        TryParse(text) ?? throw AssignmentException.NotFound($"'{text}' is no file:///absolute/path, http:// or https:// URI.");

    /// <summary>A URI that names a local file or an HTTP resource; null for any other text.</summary>
    public static Uri? TryParse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps || (uri.IsFile && uri.Host.Length == 0 && text.StartsWith("file:///", StringComparison.OrdinalIgnoreCase)))
            ? uri : null;

    /// <summary>The URI for people: without credentials and query, which may be secret.</summary>
    public static string Display(Uri uri) =>
        uri.IsFile ? uri.LocalPath : uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
