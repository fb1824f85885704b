using Hearth.Compute.Safetensors;
using Hearth.Federation.Storage;

namespace Hearth.Federation.Tests;

/// <summary>
/// A disk in memory that forgets, when its process is killed, whatever was not synced: bytes behind the last sync of a file survive in part, and new names
/// of a folder survive up to any one of them. Every call is a step at which the process can be killed.
/// </summary>
internal sealed class CrashDisk : IFederationStorage, ICrashStorage
{
    private readonly SemaphoreSlim _lock = new(1);
    private readonly Dictionary<string, Node> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> _durable = new(StringComparer.Ordinal);
    private readonly List<(string Folder, string? Removed, string? Added, Node? Node)> _pending = [];

    public string Name => "disk";

    /// <summary>Calls so far.</summary>
    public int Steps { get; private set; }

    /// <summary>The call at which the process is killed; 0 for none.</summary>
    public int KillAt { get; set; }

    public bool Killed { get; private set; }

    public IEnumerable<string> Paths => _names.Keys;

    public Task<IFederationStorage> OpenAsync() => Task.FromResult<IFederationStorage>(this);

    /// <summary>What the next process finds.</summary>
    public ICrashStorage Restart(Random chance)
    {
        var next = new CrashDisk();
        var names = new Dictionary<string, Node>(_durable, StringComparer.Ordinal);
        foreach (var folder in _pending.GroupBy(change => change.Folder))
        {
            foreach (var change in folder.Take(chance.Next(folder.Count() + 1)))
                Apply(names, change.Removed, change.Added, change.Node);
        }
        foreach (var (path, node) in names)
        {
            var kept = node.Synced + chance.Next(node.Content.Length - node.Synced + 1);
            var content = node.Content[..kept];
            // Some blocks of what was not synced were never written.
            if (kept > node.Synced && chance.Next(2) == 0)
                content.AsSpan(node.Synced + chance.Next(kept - node.Synced)).Clear();
            next._names[path] = next._durable[path] = new Node { Content = content, Synced = kept };
        }
        return next;
    }

    /// <summary>The file's bytes, for a test to look at or to damage.</summary>
    public byte[] Read(string path) => _names[path].Content;

    public void Write(string path, byte[] content) => _names[path] = _durable[path] = new Node { Content = content, Synced = content.Length };

    public void Remove(string path)
    {
        _names.Remove(path);
        _durable.Remove(path);
    }

    public bool Exists(string path)
    {
        Step();
        return _names.ContainsKey(path);
    }

    public IReadOnlyList<string> ListFiles(string folder)
    {
        Step();
        return [.. _names.Keys.Where(path => FolderOf(path) == folder).Select(path => path[(path.LastIndexOf('/') + 1)..]).Order(StringComparer.Ordinal)];
    }

    public IReadOnlyList<string> ListFolders(string folder)
    {
        Step();
        var prefix = folder.Length == 0 ? "" : $"{folder}/";
        var below = _names.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).Select(path => path[prefix.Length..].Split('/'));
        return [.. below.Where(parts => parts.Length > 1).Select(parts => parts[0]).Distinct().Order(StringComparer.Ordinal)];
    }

    public Stream OpenRead(string path)
    {
        Step();
        return new MemoryStream(Find(path).Content, writable: false);
    }

    public SafetensorsContent OpenTensors(string path)
    {
        Step();
        return SafetensorsContent.Read(Find(path).Content.ToArray());
    }

    public Stream Create(string path)
    {
        Step();
        var node = new Node();
        Change(path, removed: null, path, node);
        return new NodeStream(this, node);
    }

    public Stream Append(string path, long length)
    {
        Step();
        if (!_names.TryGetValue(path, out var node))
            Change(path, removed: null, path, node = new Node());
        node.Content = node.Content[..(int)length];
        node.Synced = Math.Min(node.Synced, (int)length);
        return new NodeStream(this, node);
    }

    public void Sync(Stream file)
    {
        Step();
        var node = ((NodeStream)file).Node;
        node.Synced = node.Content.Length;
    }

    public void Move(string from, string to)
    {
        Step();
        Change(to, from, to, Find(from));
    }

    public void Delete(string path)
    {
        Step();
        if (_names.ContainsKey(path))
            Change(path, path, null, null);
    }

    public void SyncFolder(string folder)
    {
        Step();
        foreach (var change in _pending.Where(change => change.Folder == folder))
            Apply(_durable, change.Removed, change.Added, change.Node);
        _pending.RemoveAll(change => change.Folder == folder);
    }

    public async ValueTask<IDisposable> LockAsync(CancellationToken cancellation)
    {
        Step();
        await _lock.WaitAsync(cancellation);
        return new Release(_lock);
    }

    private static string FolderOf(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "";

    private static void Apply(Dictionary<string, Node> names, string? removed, string? added, Node? node)
    {
        if (removed is not null)
            names.Remove(removed);
        if (added is not null)
            names[added] = node!;
    }

    private Node Find(string path) => _names.TryGetValue(path, out var node) ? node : throw new FileNotFoundException($"There is no '{path}'.", path);

    private void Change(string path, string? removed, string? added, Node? node)
    {
        Apply(_names, removed, added, node);
        _pending.Add((FolderOf(path), removed, added, node));
    }

    private void Step()
    {
        Killed |= ++Steps == KillAt;
        if (Killed)
            throw new CrashException();
    }

    private sealed class Node
    {
        public byte[] Content { get; set; } = [];

        public int Synced { get; set; }
    }

    private sealed class Release(SemaphoreSlim held) : IDisposable
    {
        public void Dispose() => held.Release();
    }

    private sealed class NodeStream(CrashDisk disk, Node node) : MemoryStream
    {
        public Node Node => node;

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            disk.Step();
            node.Content = [.. node.Content, .. buffer];
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Write(buffer.AsSpan(offset, count));
            return Task.CompletedTask;
        }
    }
}
