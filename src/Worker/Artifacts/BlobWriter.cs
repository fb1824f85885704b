using System.Security.Cryptography;

namespace Hearth.Worker.Artifacts;

/// <summary>A blob being written: nobody sees it before <see cref="Commit"/>, and nothing stays of it without.</summary>
internal sealed class BlobWriter : IDisposable
{
    private readonly BlobStore _store;
    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _published;

    /// <summary>Begins at <paramref name="path"/>.</summary>
    internal BlobWriter(BlobStore store, string path)
    {
        _store = store;
        _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
    }

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>Appends.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Write(ReadOnlySpan<byte> content)
    {
        _hash.AppendData(content);
        _file.Write(content);
        Length += content.Length;
    }

    /// <summary>SHA-256 of what was written, in lower-case hexadecimal digits. Nothing can be written afterwards.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    /// <summary>Makes the blob durable, then visible under <paramref name="digest"/>, and opens it.</summary>
    public FileStream Commit(string digest)
    {
        _file.Flush(flushToDisk: true);
        _store.MakeRoom(Length);
        _store.Publish(_file.Name, digest);
        _published = true;
        _file.Dispose();
        return _store.TryOpen(digest) ?? throw new IOException($"Blob '{digest}' was evicted as soon as it was written; the cache is too small for its users.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Deleted while still locked: afterwards another process could take it for a leftover of its own to delete.
        if (!_published)
            File.Delete(_file.Name);
        _file.Dispose();
        _hash.Dispose();
    }
}
