namespace Hearth.Worker.Artifacts;

/// <summary>Where the volumes of the worker's container lie. Empty on a node with containers, which makes them appear at their mount paths.</summary>
internal sealed class VolumeMounts
{
    private readonly (string Path, string Directory)[] _mounts;

    private VolumeMounts(IEnumerable<(string Path, string Directory)> mounts) =>
        _mounts = [.. mounts.OrderByDescending(mount => mount.Path.Length)];

    /// <summary>Reads lines of <c>mount path:directory</c>; a mount path cannot hold a colon.</summary>
    public static VolumeMounts Parse(string? text) => new(
        from line in (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries)
        let colon = line.IndexOf(':', StringComparison.Ordinal)
        where colon > 0
        select (line[..colon].TrimEnd('/'), line[(colon + 1)..].TrimEnd('/')));

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

    /// <summary>Where the directory that a <c>file:///</c> URI names lies; null where the URI is of another kind.</summary>
    public string? FindDirectory(string uri) =>
        ArtifactUri.TryParse(uri) is { IsFile: true } file ? Map(file.LocalPath.TrimEnd('/')) : null;
}
