using System.Collections.Concurrent;
using Amazon.S3;
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

    private readonly BucketPrefix _bucket;
    private readonly ScratchFolder _scratch;
    private readonly int _wholeEvery;
    private readonly SemaphoreSlim _lock = new(1);
    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);
    private long _fetches;

    private ObjectStorage(BucketPrefix bucket, ScratchFolder scratch, int wholeEvery) => (_bucket, _scratch, _wholeEvery) = (bucket, scratch, wholeEvery);

    /// <inheritdoc/>
    public string Name => _bucket.Name;

    /// <summary>Looks what is there, and whether the store can be used.</summary>
    /// <param name="s3">Client of the endpoint; becomes this storage's own.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="prefix">What every key begins with; empty for the whole bucket.</param>
    /// <param name="scratch">Local folder of this storage alone; made, and deleted when it is disposed.</param>
    /// <param name="time">Times requests.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="wholeEvery">Records after which the journal is written anew as one object.</param>
    /// <exception cref="OutputException">There is no such bucket, it may not be used, or the store does not keep to conditions.</exception>
    /// <exception cref="IOException">The store refused for now.</exception>
    public static async Task<ObjectStorage> OpenAsync(
        IAmazonS3 s3, string bucket, string prefix, string scratch, TimeProvider time, CancellationToken cancellation, int wholeEvery = JournalSegments.UsualWholeEvery)
    {
        var root = prefix.Trim('/');
        var storage = new ObjectStorage(new BucketPrefix(s3, bucket, root.Length == 0 ? "" : $"{root}/", time), new ScratchFolder(scratch, ScratchLimit), wholeEvery);
        try
        {
            await storage._bucket.RequireConditionsAsync(cancellation);
            foreach (var (path, tag) in await storage._bucket.ListAsync(cancellation))
                storage._known[path] = tag;
            return storage;
        }
        catch (Exception e)
        {
            storage.Dispose();
            if (e is IOException refusal && BucketPrefix.IsLasting(refusal))
                throw new OutputException(refusal.Message, refusal);
            throw;
        }
    }

    /// <inheritdoc/>
    public bool Exists(string path) => path switch
    {
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
        // Who may write can change at any time; the rest is this writer's own.
        OutputLayout.Owner => TryGet(path) ?? throw new FileNotFoundException($"There is no '{Name}/{path}'."),
        OutputLayout.Journal => new MemoryStream(ReadJournal(), writable: false),
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
        // A segment is whole or not there, so whatever is unsound was not damaged by a crash; but it is the journal's to say so.
        var content = ReadJournal().AsSpan(0, checked((int)length));
        var journal = new JournalSegments(content, Segments().Select(segment => segment.Number).DefaultIfEmpty().Max(), _wholeEvery);
        WriteSegment(journal);
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
        if (_known.TryRemove(path, out _))
            _bucket.Delete([path]);
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
        _bucket.Dispose();
    }

    private string[][] Below(string folder)
    {
        var prefix = folder.Length == 0 ? "" : $"{folder}/";
        return _known.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).Select(path => path[prefix.Length..].Split('/')).ToArray();
    }

    private IReadOnlyList<(long Number, string Path)> Segments() =>
        [.. ListFiles(OutputLayout.Journal).Select(name => (JournalSegments.NumberOf(name), $"{OutputLayout.Journal}/{name}")).OrderBy(segment => segment.Item1)];

    private byte[] ReadJournal() => JournalSegments.Join(Segments().Reverse().Select(segment => (segment.Number, File.ReadAllBytes(Fetch(segment.Path)))), Name);

    private void WriteSegment(JournalSegments journal)
    {
        var (number, content) = journal.Take();
        Put($"{OutputLayout.Journal}/{JournalSegments.NameOf(number)}", new MemoryStream(content, writable: false));
        if (!JournalSegments.IsWhole(content))
            return;
        var old = Segments().Where(segment => segment.Number < number).Select(segment => segment.Path).ToArray();
        _bucket.Delete(old);
        foreach (var path in old)
        {
            _known.TryRemove(path, out _);
            _scratch.Delete(path);
        }
    }

    private void Put(string path, Stream content) => _known[path] = _bucket.Put(path, content, _known.GetValueOrDefault(path));

    /// <summary>A fresh look at a small object. The next put is on the condition that it is as it was seen here.</summary>
    private MemoryStream? TryGet(string path)
    {
        try
        {
            var content = new MemoryStream();
            _known[path] = _bucket.Get(path, content);
            content.Position = 0;
            return content;
        }
        catch (FileNotFoundException)
        {
            _known.TryRemove(path, out _);
            return null;
        }
    }

    /// <summary>Path of a local copy.</summary>
    private string Fetch(string path)
    {
        if (_scratch.Has(path))
            return _scratch.PathOf(path);
        var temporary = $"{path}.{Interlocked.Increment(ref _fetches)}.part";
        using (var file = _scratch.Create(temporary))
            _bucket.Get(path, file);
        _scratch.Move(temporary, path);
        return _scratch.PathOf(path);
    }

    private sealed class Held(SemaphoreSlim held) : IDisposable
    {
        public void Dispose() => held.Release();
    }
}
