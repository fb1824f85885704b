using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Hearth.Transport.Shares;

/// <summary>An owner's directory in the hands of this process: its own, or a dead owner's while it is looked after.</summary>
/// <remarks>
/// Having a directory is holding the lock of its file <c>.owner</c>, which the kernel frees with the process that held it, however that ends. Pids cannot
/// tell who lives: those of another pod are numbers of another namespace, and every container starts with the same ones. The file holds
/// <code>bytes taken of the budget (8) · bytes of these that are idle (8) · dead since, in ms of Unix time, or 0 (8) · the process in words</code>
/// and is written only by who has the lock.
/// </remarks>
internal sealed class OwnerDirectory : IDisposable
{
    private const int DeathOffset = 16;
    private const int ProcessOffset = 24;
    private const int MostProcessBytes = 256;
    private readonly Lock _gate = new();
    private readonly SafeFileHandle _record;
    private readonly bool _isWritable;
    private long _used;
    private long _idle;

    private OwnerDirectory(string share, string name, SafeFileHandle record, bool isWritable)
    {
        _isWritable = isWritable;
        Name = name;
        Folder = Path.Combine(share, name);
        _record = record;
        (_used, _idle) = ReadTaken(record);
    }

    /// <summary>The owner.</summary>
    public string Name { get; }

    /// <summary>Where the objects lie.</summary>
    public string Folder { get; }

    /// <summary>When it was first seen dead; null before.</summary>
    public DateTimeOffset? DeadSince => ReadDeath(_record);

    /// <summary>Takes a directory, or null when a living process has it, or there is none and none is to be made. Call with the lock of owners held.</summary>
    /// <exception cref="ShareException">The system refuses.</exception>
    public static OwnerDirectory? TryTake(string share, string name, bool isToBeMade)
    {
        var folder = Path.Combine(share, name);
        if (isToBeMade)
            Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, ShareNames.Owner);
        // Opened for reading first: closing a file opened for writing tells everyone who waits that an owner has ended.
        var file = PosixNative.Open(path, isToBeMade ? PosixNative.ReadWrite | PosixNative.Create : PosixNative.ReadOnly, 0b110_100_000);
        if (file is null)
        {
            return !isToBeMade && PosixNative.ErrorNumber == PosixNative.NoEntry
                ? null
                : throw new ShareException(ShareFault.BadFolder, $"\"{path}\" of the node share cannot be opened: {PosixNative.Error}. Give this user the right to write in the folder.");
        }
        if (PosixNative.Lock(file, PosixNative.LockExclusive | PosixNative.LockAtOnce))
            return new OwnerDirectory(share, name, file, isToBeMade);
        file.Dispose();
        return null;
    }

    /// <summary>What a directory's file says, whoever has it; null when there is none.</summary>
    public static ShareOwner? Look(string share, string name)
    {
        using var file = PosixNative.Open(Path.Combine(share, name, ShareNames.Owner), PosixNative.ReadOnly);
        if (file is null)
            return null;
        var isAlive = !PosixNative.Lock(file, PosixNative.LockShared | PosixNative.LockAtOnce);
        var text = new byte[MostProcessBytes];
        var length = RandomAccess.Read(file, text, ProcessOffset);
        return new(name, isAlive, ReadTaken(file).Taken, ReadDeath(file), Encoding.UTF8.GetString(text, 0, length).TrimEnd('\0'));
    }

    /// <summary>What an owner takes of the budget, and what of it is idle; 0 when there is no such owner.</summary>
    public static (long Taken, long Idle) ReadTaken(string share, string name)
    {
        using var file = PosixNative.Open(Path.Combine(share, name, ShareNames.Owner), PosixNative.ReadOnly);
        return file is null ? (0, 0) : ReadTaken(file);
    }

    /// <summary>Whole pages of so many bytes.</summary>
    public static long ToPages(long bytes) => checked(bytes + Environment.SystemPageSize - 1) / Environment.SystemPageSize * Environment.SystemPageSize;

    /// <summary>Sealed objects, by name.</summary>
    public static IReadOnlyList<ShareEntry> List(string share, string name)
    {
        var folder = new DirectoryInfo(Path.Combine(share, name));
        try
        {
            return [.. folder.EnumerateFiles().Where(file => file.Name[0] != '.').Select(file => new ShareEntry(name, file.Name, file.Length)).OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Says that this process lives here.</summary>
    public void Settle(string process)
    {
        Span<byte> text = stackalloc byte[MostProcessBytes];
        text.Clear();
        Encoding.UTF8.TryGetBytes(process, text, out _);
        WriteDeath(0);
        RandomAccess.Write(_record, text, ProcessOffset);
    }

    /// <summary>Notes when it was found dead.</summary>
    public void MarkDead(DateTimeOffset now) => WriteDeath(now.ToUnixTimeMilliseconds());

    /// <summary>Changes what it takes of the budget, and what of it is idle; others see both at once, and those who wait are told.</summary>
    public void Add(long used, long idle)
    {
        lock (_gate)
            Write(_used + used, _idle + idle);
    }

    /// <summary>Frees what a dead process left that nobody can use: drafts, and removed objects that no reader has. Counts anew.</summary>
    /// <returns>Removed objects that readers still have, held open.</returns>
    public List<RetiredObject> Tidy()
    {
        var retired = new List<RetiredObject>();
        long used = 0;
        foreach (var file in new DirectoryInfo(Folder).EnumerateFiles().ToList())
        {
            if (file.Name == ShareNames.Bell || file.Name.StartsWith(ShareNames.Draft, StringComparison.Ordinal))
            {
                RetiredObject.Free(file.FullName);
                continue;
            }
            var bytes = file.Name == ShareNames.Owner ? 0 : ToPages(file.Length);
            if (file.Name.StartsWith(ShareNames.Retired, StringComparison.Ordinal) && RetiredObject.Open(file.FullName, bytes) is { } removed)
            {
                if (removed.TryLock())
                {
                    removed.Free();
                    continue;
                }
                retired.Add(removed);
            }
            used += bytes;
        }
        lock (_gate)
        {
            // Not written unless it changes: that would wake everyone who waits, who look after the same directory.
            if (used != _used || _idle != 0)
                Write(used, 0);
        }
        return retired;
    }

    /// <summary>Hides an object, so that its memory can be freed once no reader has it; null when there is no such object.</summary>
    public RetiredObject? Retire(string name)
    {
        for (var i = 0; ; i++)
        {
            var path = Path.Combine(Folder, $"{ShareNames.Retired}{i}-{name}");
            if (PosixNative.RenameNew(Path.Combine(Folder, name), path))
                return RetiredObject.Open(path, ToPages(new FileInfo(path).Length));
            if (PosixNative.ErrorNumber != PosixNative.Exists)
                return null;
        }
    }

    /// <summary>Removes the directory when nothing lies in it.</summary>
    public void RemoveEmpty()
    {
        if (Directory.EnumerateFiles(Folder).Skip(1).Any())
            return;
        _ = PosixNative.Unlink(Path.Combine(Folder, ShareNames.Owner));
        _ = PosixNative.RemoveDirectory(Folder);
    }

    /// <summary>Leaves the directory to whoever takes it.</summary>
    public void Dispose() => _record.Dispose();

    private static DateTimeOffset? ReadDeath(SafeFileHandle file)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        return RandomAccess.Read(file, number, DeathOffset) == number.Length && BinaryPrimitives.ReadInt64LittleEndian(number) is var milliseconds and not 0
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;
    }

    private static (long Taken, long Idle) ReadTaken(SafeFileHandle file)
    {
        Span<byte> numbers = stackalloc byte[2 * sizeof(long)];
        return RandomAccess.Read(file, numbers, 0) == numbers.Length
            ? (BinaryPrimitives.ReadInt64LittleEndian(numbers), BinaryPrimitives.ReadInt64LittleEndian(numbers[sizeof(long)..]))
            : (0, 0);
    }

    private void Write(long used, long idle)
    {
        (_used, _idle) = (used, idle);
        Span<byte> numbers = stackalloc byte[2 * sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(numbers, used);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[sizeof(long)..], idle);
        Write(numbers, 0);
    }

    private void WriteDeath(long milliseconds)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, milliseconds);
        Write(number, DeathOffset);
    }

    private void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        if (_isWritable)
        {
            RandomAccess.Write(_record, bytes, offset);
            return;
        }
        using var writable = PosixNative.Open(Path.Combine(Folder, ShareNames.Owner), PosixNative.ReadWrite)
            ?? throw new ShareException(ShareFault.BadFolder, $"\"{Folder}\" of the node share cannot be written: {PosixNative.Error}.");
        RandomAccess.Write(writable, bytes, offset);
    }
}
