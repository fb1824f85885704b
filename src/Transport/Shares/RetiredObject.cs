using Microsoft.Win32.SafeHandles;

namespace Hearth.Transport.Shares;

/// <summary>An object that was removed and is freed when the last reader lets go.</summary>
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

    /// <summary>Frees it if no reader has it.</summary>
    public bool TryFree()
    {
        if (!PosixNative.Lock(_file, PosixNative.LockExclusive | PosixNative.LockAtOnce))
            return false;
        _ = PosixNative.Unlink(_path);
        _file.Dispose();
        return true;
    }

    /// <summary>Leaves it to whoever looks after the directory next.</summary>
    public void Abandon() => _file.Dispose();
}
