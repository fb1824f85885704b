using System.Security.Cryptography;

namespace Hearth.Worker.Artifacts;

/// <summary>A blob being written: nobody sees it before <see cref="CommitAsync"/>, and nothing stays of it without. Parts may be written at once.</summary>
internal sealed class BlobWriter : IDisposable
{
    private const int BufferLength = 1 << 20;

    private readonly BlobStore _store;
    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Lock _hashing = new();
    private long _hashed;
    private long _length;
    private bool _published;

    /// <summary>Begins in <paramref name="file"/>, which nobody else writes.</summary>
    internal BlobWriter(BlobStore store, FileStream file) => (_store, _file) = (store, file);

    /// <summary>Writes a part.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Write(long offset, ReadOnlySpan<byte> content)
    {
        RandomAccess.Write(_file.SafeFileHandle, content, offset);
        InterlockedMax(ref _length, offset + content.Length);
        // What comes in order is hashed while it is in the processor's caches; not where another is at it.
        if (!_hashing.TryEnter())
            return;
        try
        {
            if (offset == _hashed)
                Append(content);
        }
        finally
        {
            _hashing.Exit();
        }
    }

    /// <summary>Hashes what was written of the first <paramref name="end"/> bytes, all of which must be.</summary>
    public void HashUpTo(long end)
    {
        lock (_hashing)
        {
            var buffer = new byte[BufferLength];
            while (_hashed < end)
            {
                var read = RandomAccess.Read(_file.SafeFileHandle, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - _hashed)), _hashed);
                if (read == 0)
                    throw new IOException($"'{_file.Name}' has fewer bytes than were written to it.");
                Append(buffer.AsSpan(0, read));
            }
        }
    }

    /// <summary>SHA-256 of what was written, in lower-case hexadecimal digits. Nothing can be written afterwards.</summary>
    public string Finish()
    {
        HashUpTo(_length);
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    /// <summary>Makes the blob durable, then visible under <paramref name="digest"/>, and opens it.</summary>
    public async Task<FileStream> CommitAsync(string digest, CancellationToken cancellation)
    {
        _file.Flush(flushToDisk: true);
        var opened = await _store.PublishAsync(_file.Name, digest, cancellation);
        _published = true;
        return opened;
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

    private void Append(ReadOnlySpan<byte> content)
    {
        _hash.AppendData(content);
        _hashed += content.Length;
    }

    private static void InterlockedMax(ref long target, long value)
    {
        for (var seen = Volatile.Read(ref target); seen < value;)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
