namespace Hearth.Worker.Artifacts;

/// <summary>Files named by the SHA-256 of their content, in a directory that several processes share.</summary>
/// <remarks>
/// <code>
///   blobs/{digest}  complete files; appear by rename, so a reader sees all of one or none
///   tmp/{name}      being written; locked by their writer, so an unlocked one is a crash's leftover
///   memo/{key}      which digest a URI had, see <see cref="DigestMemo"/>
///   locks/{00..ff}  one writer per URI, see <see cref="LockAsync"/>
///   locks/space     held while room is made or taken
/// </code>
/// Locks are the kernel's (flock, which is what FileShare is on Linux), so a crash releases them. Readers take a shared one on the blob
/// itself and never wait; eviction needs an exclusive one and so passes over what is in use. A blob is evicted when it was not opened
/// for longest. The directory itself is not synced: a rename lost with the power costs a download, while content is synced before it.
/// </remarks>
internal sealed class BlobStore
{
    private const int MaxMemos = 4096;
    private const string SpaceLock = "space";

    // Each half minute: who waits for a worker gives it up when it hears nothing for two.
    private const int PollsPerNews = 1500;
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(20);

    private readonly ArtifactCacheOptions _options;
    private readonly WorkerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly string _blobs;
    private readonly string _temporary;
    private readonly string _locks;

    /// <summary>Opens the store, making its directories.</summary>
    /// <exception cref="IOException">The directory cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public BlobStore(ArtifactCacheOptions options, WorkerMetrics metrics, TimeProvider time)
    {
        (_options, _metrics, _time) = (options, metrics, time);
        _blobs = Directory.CreateDirectory(Path.Combine(options.Directory, "blobs")).FullName;
        _temporary = Directory.CreateDirectory(Path.Combine(options.Directory, "tmp")).FullName;
        _locks = Directory.CreateDirectory(Path.Combine(options.Directory, "locks")).FullName;
        Memo = new DigestMemo(Directory.CreateDirectory(Path.Combine(options.Directory, "memo")).FullName);
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
    /// <param name="key">A digest.</param>
    /// <param name="onWait">Called now and then while it waits.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<IDisposable> LockAsync(string key, Action onWait, CancellationToken cancellation) => LockFileAsync(key[..2], onWait, cancellation);

    /// <summary>Begins a blob, after making room for it.</summary>
    /// <param name="expectedLength">Its length, where known.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="AssignmentException">There is no room for it.</exception>
    public async Task<BlobWriter> BeginWriteAsync(long? expectedLength, CancellationToken cancellation)
    {
        using var space = await LockFileAsync(SpaceLock, static () => { }, cancellation);
        foreach (var leftover in Directory.EnumerateFiles(_temporary))
            TryDelete(leftover);
        MakeRoom(expectedLength ?? 0);
        // Shared, so that it can be opened under its later name before this one is closed: there is no moment in which it could be evicted. Leftovers are
        // removed under the same lock, so none is taken for one between its making and its locking.
        return new BlobWriter(
            this, new FileStream(Path.Combine(_temporary, Guid.NewGuid().ToString("N")), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0));
    }

    /// <summary>Gives a complete temporary file its name, unless another was faster, and opens it.</summary>
    internal async Task<FileStream> PublishAsync(string temporary, string digest, CancellationToken cancellation)
    {
        using var space = await LockFileAsync(SpaceLock, static () => { }, cancellation);
        var opened = TryOpen(digest);
        if (opened is null)
        {
            File.Move(temporary, Path.Combine(_blobs, digest), overwrite: true);
            opened = TryOpen(digest);
        }
        else
        {
            File.Delete(temporary);
        }
        MakeRoom(0);
        return opened ?? throw new IOException($"Blob '{digest}' is gone as soon as it was written. Has someone emptied '{_options.Directory}'?");
    }

    /// <summary>
    /// Evicts what was not opened for longest until <paramref name="length"/> more bytes fit, both in the store and on the disk. Under <see cref="SpaceLock"/>, so that
    /// two processes do not count on the same room.
    /// </summary>
    /// <exception cref="AssignmentException">They do not, however much is evicted.</exception>
    private void MakeRoom(long length)
    {
        if (length > _options.MaxBytes)
        {
            throw AssignmentException.Unavailable(
                $"The artifact has {length} bytes, the cache may hold {_options.MaxBytes}. Raise artifactCache.sizeLimit of the WorkerPool.", retriable: false);
        }
        var blobs = new DirectoryInfo(_blobs).GetFiles();
        var held = blobs.Sum(blob => blob.Length);
        var total = held + new DirectoryInfo(_temporary).GetFiles().Sum(file => file.Length) + length;
        var free = _options.FreeBytes(_blobs);
        foreach (var blob in blobs.OrderBy(blob => blob.LastAccessTimeUtc))
        {
            if (total <= _options.MaxBytes && free >= length)
                break;
            if (!TryDelete(blob.FullName))
                continue;
            (total, free, held) = (total - blob.Length, free + blob.Length, held - blob.Length);
            _metrics.ArtifactEvicted();
        }
        _metrics.ArtifactBytes(held);
        if (free < length)
            throw StorageFailure.NoRoom(_options.Directory, length, free);
        foreach (var memo in new DirectoryInfo(Memo.Directory).GetFiles().OrderByDescending(memo => memo.LastWriteTimeUtc).Skip(MaxMemos))
            TryDelete(memo.FullName);
    }

    private async Task<IDisposable> LockFileAsync(string name, Action onWait, CancellationToken cancellation)
    {
        var path = Path.Combine(_locks, name);
        for (var polls = 0; ; polls++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException) && File.Exists(path))
            {
                if (polls % PollsPerNews == 0)
                    onWait();
                await Task.Delay(LockPoll, _time, cancellation);
            }
        }
    }

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
