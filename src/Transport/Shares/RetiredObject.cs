using Microsoft.Win32.SafeHandles;

namespace Hearth.Transport.Shares;

/// <summary>An object that was removed: freed, or its memory used again, once the last reader lets go.</summary>
/// <remarks>Held open until then: opening and closing it at every try would wake everyone who waits for a reader's close.</remarks>
internal sealed class RetiredObject
{
    private readonly SafeFileHandle _file;
    private readonly string _path;

    private RetiredObject(SafeFileHandle file, string path, long bytes)
    {
        _file = file;
        _path = path;
        Bytes = bytes;
    }

    /// <summary>What it takes of the budget.</summary>
    public long Bytes { get; }

    /// <summary>Takes it up; null when it is gone.</summary>
    public static RetiredObject? Open(string path, long bytes) =>
        PosixNative.Open(path, PosixNative.ReadOnly) is { } file ? new(file, path, bytes) : null;

    /// <summary>Frees a file's memory, even where neighbours keep it mapped to open what may lie in it next.</summary>
    public static void Free(string path)
    {
        using (var file = PosixNative.Open(path, PosixNative.ReadWrite))
        {
            if (file is not null)
                _ = PosixNative.Truncate(file, 0);
        }
        _ = PosixNative.Unlink(path);
    }

    /// <summary>Locks it against readers, if there are none.</summary>
    public bool TryLock() => PosixNative.Lock(_file, PosixNative.LockExclusive | PosixNative.LockAtOnce);

    /// <summary>Frees what is locked.</summary>
    public void Free()
    {
        _ = PosixNative.ChangeMode(_file, ShareNames.DraftMode);
        Free(_path);
        _file.Dispose();
    }

    /// <summary>Makes what is locked a draft; null when the name is taken.</summary>
    public SafeFileHandle? Reuse(string draft)
    {
        _ = PosixNative.ChangeMode(_file, ShareNames.DraftMode);
        if (!PosixNative.RenameNew(_path, draft))
            return null;
        _file.Dispose();
        return PosixNative.Open(draft, PosixNative.ReadWrite);
    }

    /// <summary>Leaves it to whoever looks after the directory next.</summary>
    public void Abandon() => _file.Dispose();
}
