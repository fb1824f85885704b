namespace Hearth.Worker.Artifacts;

/// <summary>Files named by the SHA-256 of their content, in a directory that several processes share.</summary>
/// <remarks>
/// <code>
///   blobs/{digest}  complete files; appear by rename, so a reader sees all of one or none
///   tmp/{name}      being written; locked by their writer, so an unlocked one is a crash's leftover
///   memo/{key}      which digest a URI had, see <see cref="DigestMemo"/>
///   locks/{00..ff}  one writer per URI, see <see cref="LockAsync"/>
/// </code>
/// Locks are the kernel's (flock, which is what FileShare is on Linux), so a crash releases them. Readers take a shared one on the blob
/// itself and never wait; eviction needs an exclusive one and so passes over what is in use. A blob is evicted when it was not opened
/// for longest. The directory itself is not synced: a rename lost with the power costs a download, while content is synced before it.
/// </remarks>
internal sealed class BlobStore
{
    private const int MaxMemos = 4096;
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(20);

    private readonly long _maxBytes;
    private readonly TimeProvider _time;
    private readonly string _blobs;
    private readonly string _temporary;
    private readonly string _locks;

    /// <summary>Opens the store, making its directories.</summary>
    /// <exception cref="IOException">The directory cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public BlobStore(string directory, long maxBytes, TimeProvider time)
    {
        _maxBytes = maxBytes;
        _time = time;
        _blobs = Directory.CreateDirectory(Path.Combine(directory, "blobs")).FullName;
        _temporary = Directory.CreateDirectory(Path.Combine(directory, "tmp")).FullName;
        _locks = Directory.CreateDirectory(Path.Combine(directory, "locks")).FullName;
        Memo = new DigestMemo(Directory.CreateDirectory(Path.Combine(directory, "memo")).FullName);
    }

    /// <summary>Which digest a URI had.</summary>
    public DigestMemo Memo { get; }

    /// <summary>Digests of the complete blobs, the most recently opened first.</summary>
    public IEnumerable<string> List() => new DirectoryInfo(_blobs).GetFiles().OrderByDescending(blob => blob.LastAccessTimeUtc).Select(blob => blob.Name);

    /// <summary>Opens a blob for reading; null when it is not there.</summary>
    public FileStream? TryOpen(string digest)
    {
        try
        {
            var path = Path.Combine(_blobs, digest);
            var lease = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            TouchUnlessReadOnly(lease);
            return lease;
        }
        catch (IOException)
        {
            // Not there, or being evicted this moment.
            return null;
        }
    }

    /// <summary>Waits until no one else, in any process, holds the lock of <paramref name="key"/>'s first two digits.</summary>
    public async Task<IDisposable> LockAsync(string key, CancellationToken cancellation)
    {
        var path = Path.Combine(_locks, key[..2]);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException) && File.Exists(path))
            {
                await Task.Delay(LockPoll, _time, cancellation);
            }
        }
    }

    /// <summary>Begins a blob, after making room for it.</summary>
    /// <param name="expectedLength">Its length, where known.</param>
    /// <exception cref="AssignmentException">It is larger than the whole store may be.</exception>
    public BlobWriter BeginWrite(long? expectedLength)
    {
        RemoveLeftovers();
        MakeRoom(expectedLength ?? 0);
        return new BlobWriter(this, Path.Combine(_temporary, Guid.NewGuid().ToString("N")));
    }

    /// <summary>Evicts what was not opened for longest until <paramref name="length"/> more bytes fit.</summary>
    /// <exception cref="AssignmentException">They never will.</exception>
    internal void MakeRoom(long length)
    {
        if (length > _maxBytes)
        {
            throw AssignmentException.Unavailable(
                $"The artifact has {length} bytes, the cache may hold {_maxBytes}. Raise artifactCache.sizeLimit of the WorkerPool.", retriable: false);
        }
        var blobs = new DirectoryInfo(_blobs).GetFiles();
        var total = blobs.Sum(blob => blob.Length) + length;
        foreach (var blob in blobs.OrderBy(blob => blob.LastAccessTimeUtc))
        {
            if (total <= _maxBytes)
                break;
            if (TryDelete(blob.FullName))
                total -= blob.Length;
        }
        foreach (var memo in new DirectoryInfo(Memo.Directory).GetFiles().OrderByDescending(memo => memo.LastWriteTimeUtc).Skip(MaxMemos))
            TryDelete(memo.FullName);
    }

    /// <summary>Gives a complete temporary file its name. It stays locked until its writer closes it.</summary>
    internal void Publish(string temporary, string digest) => File.Move(temporary, Path.Combine(_blobs, digest), overwrite: true);

    private static bool TryDelete(string path)
    {
        try
        {
            // The exclusive lock fails while anyone has it open.
            using var claim = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void RemoveLeftovers()
    {
        foreach (var file in Directory.EnumerateFiles(_temporary))
            TryDelete(file);
    }

    private void TouchUnlessReadOnly(FileStream blob)
    {
        try
        {
            File.SetLastAccessTimeUtc(blob.SafeFileHandle, _time.GetUtcNow().UtcDateTime);
        }
        catch (UnauthorizedAccessException)
        {
            // A cache that another user filled; eviction is theirs too.
        }
    }
}
