using System.Security.Cryptography;
using System.Text.Json;
using Hearth.Federation.Storage;

namespace Hearth.Federation.Journal;

/// <summary>The write-ahead journal: a line for each record, 16 hexadecimal digits of its SHA-256, a space, and its JSON.</summary>
/// <remarks>
/// A record is on the disk when <see cref="Append"/> returns, and records are appended one by one, so a crash damages the last one at most: that one
/// was never acted upon, and is cut off. A damaged record with a sound one behind it was damaged otherwise, and no journal to go by.
/// </remarks>
internal sealed class JournalFile : IDisposable
{
    private const int ChecksumLength = 16;

    // A round of 10,000 clients with ids of 63 characters takes a record of less than a megabyte.
    private const long MaxLength = 1L << 30;

    private readonly IFederationStorage _storage;
    private readonly Stream _file;

    private JournalFile(IFederationStorage storage, Stream file) => (_storage, _file) = (storage, file);

    /// <summary>Opens the journal, or begins it. Only while the directory is this aggregator's to write.</summary>
    /// <returns>The journal and its records.</returns>
    /// <exception cref="OutputException">It is damaged.</exception>
    public static (JournalFile Journal, IReadOnlyList<JournalRecord> Records) Open(IFederationStorage storage)
    {
        List<JournalRecord> records = [];
        long sound = 0;
        if (storage.Exists(OutputLayout.Journal))
            sound = Replay(ReadAll(storage), records, storage.Name);
        var file = storage.Append(OutputLayout.Journal, sound);
        storage.Sync(file);
        storage.SyncFolder(OutputLayout.Root);
        return (new JournalFile(storage, file), records);
    }

    /// <summary>Adds a record; it is on the disk when this returns.</summary>
    /// <exception cref="IOException">The disk refused. Whether the record is there, the next one to open the journal will see; nothing may be appended meanwhile.</exception>
    public void Append(JournalRecord record)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(record, FederationJsonContext.Compact.JournalRecord);
        _file.Write([.. Checksum(json), (byte)' ', .. json, (byte)'\n']);
        _storage.Sync(_file);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static byte[] ReadAll(IFederationStorage storage)
    {
        using var file = storage.OpenRead(OutputLayout.Journal);
        if (file.Length > MaxLength)
            throw new OutputException($"'{OutputLayout.Journal}' in '{storage.Name}' has {file.Length} bytes, expected {MaxLength} at most.");
        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }

    /// <returns>Length of what is sound.</returns>
    private static long Replay(ReadOnlySpan<byte> content, List<JournalRecord> records, string name)
    {
        long sound = 0;
        for (var rest = content; !rest.IsEmpty;)
        {
            var end = rest.IndexOf((byte)'\n');
            if (end < 0 || TryRead(rest[..end]) is not { } record)
                return HasSoundRecord(end < 0 ? [] : rest[(end + 1)..])
                    ? throw new OutputException(
                        $"'{OutputLayout.Journal}' in '{name}' is damaged at byte {sound}, with sound records behind. Restore the directory from a copy, or choose another output.uri.")
                    : sound;
            records.Add(record);
            sound += end + 1;
            rest = rest[(end + 1)..];
        }
        return sound;
    }

    private static bool HasSoundRecord(ReadOnlySpan<byte> content)
    {
        foreach (var line in content.Split((byte)'\n'))
        {
            if (TryRead(content[line]) is not null)
                return true;
        }
        return false;
    }

    private static JournalRecord? TryRead(ReadOnlySpan<byte> line)
    {
        if (line.Length <= ChecksumLength || !Checksum(line[(ChecksumLength + 1)..]).AsSpan().SequenceEqual(line[..ChecksumLength]))
            return null;
        try
        {
            return JsonSerializer.Deserialize(line[(ChecksumLength + 1)..], FederationJsonContext.Compact.JournalRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] Checksum(ReadOnlySpan<byte> json)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(json, digest);
        return System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(digest[..(ChecksumLength / 2)]));
    }
}
