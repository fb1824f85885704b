using Microsoft.Win32.SafeHandles;

namespace Hearth.Transport.Shares;

/// <content>How objects come to be: drafts, their memory, and their sealing.</content>
public sealed partial class NodeShare
{
    /// <summary>Gives a draft its name; what lies behind <paramref name="length"/> is given back.</summary>
    internal ShareEntry Seal(string name, ShareMapping mapping, long draftLength, long length)
    {
        ThrowIfDisposed();
        mapping.Protect();
        if (length < draftLength && PosixNative.Truncate(mapping.File, length) != 0)
            throw new IOException($"Object \"{name}\" cannot be made {length} bytes long: {PosixNative.Error}.");
        _ = PosixNative.ChangeMode(mapping.File, ShareNames.SealedMode);
        if (!PosixNative.RenameNew(Path.Combine(_own.Folder, ShareNames.Draft + name), Path.Combine(_own.Folder, name)))
            throw new ShareException(ShareFault.Exists, $"Owner \"{Owner}\" has an object \"{name}\" already: remove it first, or choose another name.");
        PosixNative.Lock(mapping.File, PosixNative.LockShared | PosixNative.LockAtOnce);
        if (OwnerDirectory.ToPages(draftLength) - OwnerDirectory.ToPages(length) is > 0 and var spared)
            Free(spared);
        return new ShareEntry(Owner, name, length);
    }

    /// <summary>Frees a draft, which was unmapped.</summary>
    internal void Discard(string name, long length)
    {
        if (_isDisposed != 0)
            return;
        RetiredObject.Free(Path.Combine(_own.Folder, ShareNames.Draft + name));
        Free(OwnerDirectory.ToPages(length));
    }

    private ShareDraft Draft(string name, long length)
    {
        ThrowIfTaken(name);
        var path = DraftPath(name);
        var file = PosixNative.Open(path, PosixNative.ReadWrite | PosixNative.Create | PosixNative.Exclusive, ShareNames.DraftMode);
        if (file is null)
        {
            throw PosixNative.ErrorNumber == PosixNative.Exists
                ? new ShareException(ShareFault.Exists, $"Owner \"{Owner}\" is writing an object \"{name}\" already: seal or discard it first, or choose another name.")
                : new ShareException(ShareFault.BadFolder, $"Object \"{name}\" cannot be made in \"{_own.Folder}\": {PosixNative.Error}.");
        }
        try
        {
            Allocate(file, name, length);
            return Map(file, name, length);
        }
        catch
        {
            file.Dispose();
            _ = PosixNative.Unlink(path);
            throw;
        }
    }

    /// <summary>Makes a draft of memory that an object of this size left; null when there is none, or others wait for memory.</summary>
    private ShareDraft? TryReuse(string name, long bytes, long length)
    {
        if (Directory.EnumerateFileSystemEntries(QueueFolder).Any())
            return null;
        ThrowIfTaken(name);
        if (_idle.Take(bytes, DraftPath(name)) is not { } file)
            return null;
        try
        {
            if (PosixNative.Truncate(file, length) != 0)
                throw new IOException($"Object \"{name}\" cannot be made {length} bytes long: {PosixNative.Error}.");
            return MapAgain(file, name, length) ?? Map(file, name, length);
        }
        catch
        {
            file.Dispose();
            Discard(name, length);
            throw;
        }
    }

    private void ThrowIfTaken(string name)
    {
        if (File.Exists(Path.Combine(_own.Folder, name)))
            throw new ShareException(ShareFault.Exists, $"Owner \"{Owner}\" has an object \"{name}\" already: remove it first, or choose another name.");
    }

    /// <summary>Gives all of a file memory. Found out here that there is none, and not by a signal when it is touched.</summary>
    private void Allocate(SafeFileHandle file, string name, long length)
    {
        // Where only memory that asks is given large pages, a file gets none by being reserved; what could not be had is reserved below.
        if (WantsHugePages && PosixNative.Truncate(file, length) == 0)
            ShareMapping.Map(new SafeFileHandle(file.DangerousGetHandle(), ownsHandle: false), isWritable: true, wantsHugePages: true, _ => false).Dispose();
        var error = length == 0 ? 0 : PosixNative.Allocate(file, length);
        if (error == 0)
            return;
        if (error == PosixNative.NoSpace)
        {
            _idle.Drop();
            if ((error = PosixNative.Allocate(file, length)) == 0)
                return;
        }
        throw error switch
        {
            PosixNative.NoSpace => new ShareException(ShareFault.OutOfMemory, $"The file system of the node share \"{Folder}\" has no {length} bytes left for \"{name}\", though the budget of {Budget} has: others use it too; make it larger, or the budget smaller."),
            _ => new ShareException(ShareFault.BadFolder, $"The file system of the node share \"{Folder}\" cannot reserve memory: {PosixNative.Error}. Use a tmpfs."),
        };
    }

    private ShareDraft Map(SafeFileHandle file, string name, long length)
    {
        PosixNative.Lock(file, PosixNative.LockShared | PosixNative.LockAtOnce);
        return new ShareDraft(this, name, length, ShareMapping.Map(file, isWritable: true, WantsHugePages, EndLease));
    }

    /// <summary>Goes on with the mapping in which this owner wrote the last object of that memory; null when it is not kept.</summary>
    private ShareDraft? MapAgain(SafeFileHandle file, string name, long length)
    {
        if (_parked.Take(PosixNative.Stat(file), isToBeWritten: true) is not { } mapping)
            return null;
        // The lease goes over to the file that is mapped.
        PosixNative.Lock(mapping.File, PosixNative.LockShared | PosixNative.LockAtOnce);
        file.Dispose();
        mapping.Unprotect();
        return new ShareDraft(this, name, length, mapping);
    }

    private string DraftPath(string name) => Path.Combine(_own.Folder, ShareNames.Draft + name);
}
