using Hearth.Compute.Safetensors;

namespace Hearth.Federation.Storage;

/// <summary>A directory of a file system that has rename, fsync and flock: a local one, NFS from version 4, CephFS and the like.</summary>
/// <param name="root">The directory; made when first written to.</param>
/// <param name="time">Times the attempts to get its lock.</param>
public sealed class DirectoryStorage(string root, TimeProvider time) : IFederationStorage
{
    private const string LockFile = "aggregator.lock";
    private const int BufferLength = 1 << 16;

    // A lock is held for some writes and fsyncs; one that stays is a process stopped in the middle of them.
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(5);

    private readonly string _root = Path.GetFullPath(root);

    /// <inheritdoc/>
    public string Name => _root;

    /// <inheritdoc/>
    public bool Exists(string path) => File.Exists(Locate(path));

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFiles(string folder) => List(folder, Directory.EnumerateFiles);

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFolders(string folder) => List(folder, Directory.EnumerateDirectories);

    /// <inheritdoc/>
    public Stream OpenRead(string path)
    {
        try
        {
            return new FileStream(Locate(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferLength, FileOptions.Asynchronous);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new FileNotFoundException(e.Message, Locate(path), e);
        }
    }

    /// <inheritdoc/>
    public SafetensorsContent OpenTensors(string path) => SafetensorsContent.Open(Locate(path));

    /// <inheritdoc/>
    public Stream Create(string path)
    {
        MakeFolderOf(path);
        return new FileStream(Locate(path), FileMode.Create, FileAccess.Write, FileShare.Read | FileShare.Delete, BufferLength, FileOptions.Asynchronous);
    }

    /// <inheritdoc/>
    public Stream Append(string path, long length)
    {
        MakeFolderOf(path);
        var file = new FileStream(Locate(path), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        file.SetLength(length);
        file.Position = length;
        return file;
    }

    /// <inheritdoc/>
    public void Sync(Stream file) => ((FileStream)file).Flush(flushToDisk: true);

    /// <inheritdoc/>
    public void Move(string from, string to) => File.Move(Locate(from), Locate(to), overwrite: true);

    /// <inheritdoc/>
    public void Delete(string path)
    {
        try
        {
            File.Delete(Locate(path));
        }
        catch (DirectoryNotFoundException)
        {
            // Then the file is not there either.
        }
    }

    /// <inheritdoc/>
    public void SyncFolder(string folder) => Posix.SyncDirectory(Locate(folder));

    /// <inheritdoc/>
    public async ValueTask<IDisposable> LockAsync(CancellationToken cancellation)
    {
        MakeFolderOf(LockFile);
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                // FileShare.None is flock on Linux: the kernel gives it up with the process.
                return new FileStream(Locate(LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException) && File.Exists(Locate(LockFile)))
            {
                if (time.GetElapsedTime(start) > LockTimeout)
                    throw new IOException($"'{Locate(LockFile)}' has been locked by another process for {LockTimeout.TotalSeconds:0} s. Find it with `fuser` and end it.", e);
                await Task.Delay(LockPoll, time, cancellation);
            }
        }
    }

    private string Locate(string path) => Path.Combine(_root, path);

    private IReadOnlyList<string> List(string folder, Func<string, IEnumerable<string>> enumerate)
    {
        var path = Locate(folder);
        return Directory.Exists(path) ? [.. enumerate(path).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)] : [];
    }

    /// <summary>A folder that is made has its name on the disk at once, so that <see cref="SyncFolder"/> need not look upwards each time.</summary>
    private void MakeFolderOf(string path)
    {
        var missing = new Stack<string>();
        for (var folder = Path.GetDirectoryName(Locate(path))!; !Directory.Exists(folder); folder = Path.GetDirectoryName(folder)!)
            missing.Push(folder);
        foreach (var folder in missing)
        {
            Directory.CreateDirectory(folder);
            Posix.SyncDirectory(Path.GetDirectoryName(folder)!);
        }
    }
}
