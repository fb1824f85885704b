namespace Hearth.Worker.Artifacts;

/// <summary>Where the volumes of the worker's container lie. Empty on a node with containers, which makes them appear at their mount paths.</summary>
internal sealed class VolumeMounts
{
    private readonly (string Path, string Directory)[] _mounts;
    private readonly (string Claim, string Path)[] _claims;

    private VolumeMounts(IEnumerable<(string Path, string Directory)> mounts, IEnumerable<(string Claim, string Path)> claims) =>
        (_mounts, _claims) = ([.. mounts.OrderByDescending(mount => mount.Path.Length)], [.. claims]);

    /// <summary>Reads lines of two parts with a colon between them, of which the first cannot hold one.</summary>
    /// <param name="mounts">Lines of <c>mount path:directory</c>.</param>
    /// <param name="claims">Lines of <c>claim:mount path</c>.</param>
    public static VolumeMounts Parse(string? mounts, string? claims = null) => new(
        Lines(mounts).Select(line => (line.Key.TrimEnd('/'), line.Value)), Lines(claims));

    /// <summary>Where <paramref name="path"/> lies on the machine.</summary>
    public string Map(string path)
    {
        foreach (var (mount, directory) in _mounts)
        {
            if (path.StartsWith(mount, StringComparison.Ordinal) && (path.Length == mount.Length || path[mount.Length] == '/'))
                return directory + path[mount.Length..];
        }
        return path;
    }

    /// <summary>Where the file or folder lies that a <c>pvc://claim/path</c> names.</summary>
    /// <exception cref="AssignmentException">The pool does not mount the claim.</exception>
    public string MapClaim(Uri uri)
    {
        foreach (var (claim, path) in _claims)
        {
            if (claim == uri.Host)
                return Map(path + Uri.UnescapeDataString(uri.AbsolutePath).TrimEnd('/'));
        }
        var others = _claims.Length == 0 ? "it mounts none" : $"it mounts {string.Join(", ", _claims.Select(known => $"'{known.Claim}'"))}";
        throw AssignmentException.NotFound(
            $"'{ArtifactUri.Display(uri)}' is on PersistentVolumeClaim '{uri.Host}', which the worker's pool does not mount ({others}). Add it to template.volumes and "
            + "template.volumeMounts of the WorkerPool.");
    }

    /// <summary>Where the directory that a <c>file:///</c> URI names lies; null where the URI is of another kind.</summary>
    public string? FindDirectory(string uri) =>
        ArtifactUri.TryParse(uri) is { IsFile: true } file ? Map(file.LocalPath.TrimEnd('/')) : null;

    private static IEnumerable<(string Key, string Value)> Lines(string? text) =>
        from line in (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries)
        let colon = line.IndexOf(':', StringComparison.Ordinal)
        where colon > 0
        select (line[..colon], line[(colon + 1)..].TrimEnd('/'));
}
