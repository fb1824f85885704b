namespace Hearth.Federation.Storage;

/// <summary>A local folder of files that are all somewhere else too, except the temporary ones. The oldest copies go when they are too large together.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly string _root;
    private readonly long _limit;
    private readonly Lock _gate = new();
    private readonly LinkedList<string> _copies = new();

    /// <summary>Makes the folder.</summary>
    /// <param name="root">Its path; it is this object's alone.</param>
    /// <param name="limit">Bytes of copies to keep.</param>
    public ScratchFolder(string root, long limit)
    {
        (_root, _limit) = (Path.GetFullPath(root), limit);
        Directory.CreateDirectory(_root);
    }

    public bool Has(string path) => File.Exists(PathOf(path));

    /// <summary>Where a file lies. An open file may be trimmed away: its reader keeps it.</summary>
    public string PathOf(string path) => Path.Combine(_root, path);

    public FileStream Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        return new FileStream(PathOf(path), FileMode.Create, FileAccess.Write, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous);
    }

    /// <summary>A temporary file becomes the copy of what has the name.</summary>
    public void Move(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(to))!);
        lock (_gate)
        {
            File.Move(PathOf(from), PathOf(to), overwrite: true);
            _copies.Remove(to);
            _copies.AddLast(to);
            while (_copies.Count > 1 && _copies.Sum(path => new FileInfo(PathOf(path)).Length) > _limit)
            {
                File.Delete(PathOf(_copies.First!.Value));
                _copies.RemoveFirst();
            }
        }
    }

    public void Delete(string path)
    {
        lock (_gate)
        {
            _copies.Remove(path);
            if (Has(path))
                File.Delete(PathOf(path));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_root, recursive: true);
}
