using System.Collections.Concurrent;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Hearth.Compute.Safetensors;

namespace Hearth.Federation.Storage;

/// <summary>A prefix of a bucket of S3, or of anything that speaks its protocol with conditional writes (<c>If-Match</c>, <c>If-None-Match</c>).</summary>
/// <remarks>
/// S3 has neither rename nor append nor locks; it has puts that are whole or not there, and are refused when the object is not the one that the writer knows.
/// 1. Temporary files are local, and so are a writer's copies of what it wrote or read. <see cref="Move"/> of a temporary file is the put.
/// 2. Every put is on the condition that the object is as it was found when the storage was opened, or as this process has written it. So of two aggregators
///    that both believe to be the one, the first to write wins, and the other ends: no lock is needed between processes, only within this one.
/// 3. The journal is the segments of <see cref="JournalSegments"/>: opening it writes one, which shuts out whoever appended before.
/// What is written counts once the put is answered; <see cref="SyncFolder"/> has nothing to do. Calls block: this is no path of many requests.
/// </remarks>
public sealed class ObjectStorage : IFederationStorage, IDisposable
{
    // A federation has one journal, few models in use and the updates of a round: the rest of a long run is left in the bucket.
    private const long ScratchLimit = 8L << 30;

    private readonly IAmazonS3 _s3;
    private readonly string _bucket;
    private readonly string _prefix;
    private readonly ScratchFolder _scratch;
    private readonly SemaphoreSlim _lock = new(1);
    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);
    private long _fetches;

    private ObjectStorage(IAmazonS3 s3, string bucket, string prefix, ScratchFolder scratch) =>
        (_s3, _bucket, _prefix, _scratch) = (s3, bucket, prefix, scratch);

    /// <inheritdoc/>
    public string Name => $"s3://{_bucket}/{_prefix.TrimEnd('/')}";

    /// <summary>Looks what is there.</summary>
    /// <param name="s3">Client of the endpoint; stays the caller's.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="prefix">What every key begins with; empty for the whole bucket.</param>
    /// <param name="scratch">Local folder of this storage alone; made, and deleted when it is disposed.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">The endpoint refused, or there is no such bucket.</exception>
    public static async Task<ObjectStorage> OpenAsync(IAmazonS3 s3, string bucket, string prefix, string scratch, CancellationToken cancellation)
    {
        var root = prefix.Trim('/');
        var storage = new ObjectStorage(s3, bucket, root.Length == 0 ? "" : $"{root}/", new ScratchFolder(scratch, ScratchLimit));
        try
        {
            await storage.ListAsync(cancellation);
            return storage;
        }
        catch (Exception e)
        {
            storage.Dispose();
            if (e is AmazonServiceException or AmazonClientException or HttpRequestException)
                throw storage.Explain(e, storage.Name);
            throw;
        }
    }

    /// <inheritdoc/>
    public bool Exists(string path) => path switch
    {
        // Who may write can change at any time; the rest is this writer's own.
        OutputLayout.Owner => TryGet(path) is not null,
        OutputLayout.Journal => Segments().Count > 0,
        _ => _known.ContainsKey(path) || _scratch.Has(path),
    };

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFiles(string folder) => [.. Below(folder).Where(parts => parts.Length == 1).Select(parts => parts[0]).Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFolders(string folder) =>
        [.. Below(folder).Where(parts => parts.Length > 1).Select(parts => parts[0]).Distinct().Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public Stream OpenRead(string path) => path switch
    {
        OutputLayout.Owner => TryGet(path) ?? throw NotFound(path),
        OutputLayout.Journal => new MemoryStream(JournalSegments.Join(Segments().Select(segment => ReadAll(segment.Path))), writable: false),
        _ => File.OpenRead(Fetch(path)),
    };

    /// <inheritdoc/>
    public SafetensorsContent OpenTensors(string path) => SafetensorsContent.Open(Fetch(path));

    /// <inheritdoc/>
    /// <remarks>Only temporary files are made; what has a name of its own comes by <see cref="Move"/>.</remarks>
    public Stream Create(string path) => _scratch.Create(path);

    /// <inheritdoc/>
    public Stream Append(string path, long length)
    {
        var segments = Segments();
        var content = JournalSegments.Join(segments.Select(segment => ReadAll(segment.Path)));
        // A segment is whole or not there, so whatever is unsound was not damaged by a crash; but it is the journal's to say so.
        var journal = new JournalSegments(content.AsSpan(0, checked((int)length)).ToArray(), segments.Select(segment => segment.Number).DefaultIfEmpty().Max());
        WriteSegment(journal);
        foreach (var (_, old) in segments)
            Delete(old);
        return journal;
    }

    /// <inheritdoc/>
    public void Sync(Stream file)
    {
        if (file is JournalSegments { HasMore: true } journal)
            WriteSegment(journal);
        else
            file.Flush();
    }

    /// <inheritdoc/>
    public void Move(string from, string to)
    {
        using (var content = File.OpenRead(_scratch.PathOf(from)))
            Put(to, content);
        _scratch.Move(from, to);
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        _scratch.Delete(path);
        if (!_known.TryRemove(path, out _))
            return;
        Run(path, () => _s3.DeleteObjectAsync(_bucket, _prefix + path));
    }

    /// <inheritdoc/>
    public void SyncFolder(string folder)
    {
    }

    /// <inheritdoc/>
    public async ValueTask<IDisposable> LockAsync(CancellationToken cancellation)
    {
        await _lock.WaitAsync(cancellation);
        return new Held(_lock);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock.Dispose();
        _scratch.Dispose();
    }

    private async Task ListAsync(CancellationToken cancellation)
    {
        var request = new ListObjectsV2Request { BucketName = _bucket, Prefix = _prefix };
        ListObjectsV2Response page;
        do
        {
            page = await _s3.ListObjectsV2Async(request, cancellation);
            foreach (var entry in page.S3Objects ?? [])
                _known[entry.Key[_prefix.Length..]] = entry.ETag;
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
    }

    private string[][] Below(string folder)
    {
        var prefix = folder.Length == 0 ? "" : $"{folder}/";
        return _known.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).Select(path => path[prefix.Length..].Split('/')).ToArray();
    }

    private IReadOnlyList<(long Number, string Path)> Segments() =>
        [.. ListFiles(OutputLayout.Journal).Select(name => (JournalSegments.NumberOf(name), $"{OutputLayout.Journal}/{name}")).OrderBy(segment => segment.Item1)];

    private void WriteSegment(JournalSegments journal)
    {
        var (name, content) = journal.Take();
        Put($"{OutputLayout.Journal}/{name}", new MemoryStream(content, writable: false));
    }

    private void Put(string path, Stream content)
    {
        var request = new PutObjectRequest { BucketName = _bucket, Key = _prefix + path, InputStream = content, AutoCloseStream = false };
        if (_known.TryGetValue(path, out var tag))
            request.IfMatch = tag;
        else
            request.IfNoneMatch = "*";
        _known[path] = Run(path, () => _s3.PutObjectAsync(request)).ETag;
    }

    /// <summary>A fresh look at a small object. The next put is on the condition that it is as it was seen here.</summary>
    private MemoryStream? TryGet(string path)
    {
        try
        {
            var content = new MemoryStream();
            using var answer = Run(path, () => _s3.GetObjectAsync(_bucket, _prefix + path));
            answer.ResponseStream.CopyTo(content);
            content.Position = 0;
            _known[path] = answer.ETag;
            return content;
        }
        catch (FileNotFoundException)
        {
            _known.TryRemove(path, out _);
            return null;
        }
    }

    private byte[] ReadAll(string path) => (TryGet(path) ?? throw NotFound(path)).ToArray();

    /// <summary>Path of a local copy.</summary>
    private string Fetch(string path)
    {
        if (_scratch.Has(path))
            return _scratch.PathOf(path);
        using var answer = Run(path, () => _s3.GetObjectAsync(_bucket, _prefix + path));
        var temporary = $"{path}.{Interlocked.Increment(ref _fetches)}.part";
        using (var file = _scratch.Create(temporary))
            answer.ResponseStream.CopyTo(file);
        _scratch.Move(temporary, path);
        return _scratch.PathOf(path);
    }

    private T Run<T>(string path, Func<Task<T>> call)
    {
        try
        {
            // The pool's threads that call here hold no context to come back to.
            return Task.Run(call).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            throw Explain(e, $"{Name}/{path}");
        }
    }

    private IOException Explain(Exception error, string name) => error switch
    {
        AmazonServiceException { StatusCode: HttpStatusCode.NotFound, ErrorCode: "NoSuchBucket" } =>
            new IOException($"'{name}': there is no bucket \"{_bucket}\". Make it, or choose another output.uri.", error),
        AmazonServiceException { StatusCode: HttpStatusCode.NotFound } => new FileNotFoundException($"There is no '{name}'.", error),
        AmazonServiceException { StatusCode: HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict } =>
            new IOException($"'{name}' was written by another aggregator, which took over. This one stops; nothing is lost.", error),
        AmazonServiceException { StatusCode: HttpStatusCode.Forbidden } =>
            new IOException($"'{name}': access denied. The worker's credentials need s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject there.", error),
        _ => new IOException($"'{name}': {error.Message}", error),
    };

    private FileNotFoundException NotFound(string path) => new($"There is no '{Name}/{path}'.");

    private sealed class Held(SemaphoreSlim held) : IDisposable
    {
        public void Dispose() => held.Release();
    }
}
