namespace Hearth.Transport.Shares;

/// <summary>One owner's part of the memory that the processes of a node share: immutable objects that neighbours map instead of copying.</summary>
/// <remarks>
/// The share is a folder of a tmpfs, with a directory for each owner. Safe for use by several threads. What holds, however any process ends:
/// <list type="bullet">
/// <item>An object is seen whole and unchanging, or not at all.</item>
/// <item>Its memory stays while any process has it open, and is counted until it is free.</item>
/// <item>All owners together take no more than the budget; who wants more waits, in the order of asking over all processes.</item>
/// <item>What a dead owner was writing is freed when memory is short; what it had sealed is there to be adopted, for a time.</item>
/// </list>
/// The processes of a share trust each other: they run as one user.
/// </remarks>
public sealed partial class NodeShare : IDisposable
{
    private readonly NodeShareOptions _options;
    private readonly TimeProvider _time;
    private readonly OwnerDirectory _own;
    private readonly ShareBudget _budget;
    private readonly ShareWatch _watch;
    private readonly ShareMount _mount;
    private readonly List<RetiredObject> _retired;
    private readonly IdleMemory _idle;
    private readonly ParkedMappings _parked = new();
    private readonly Lock _gate = new();
    private int _isDisposed;

    private NodeShare(string folder, OwnerDirectory own, NodeShareOptions options, TimeProvider time)
    {
        (Folder, _own, _options, _time) = (folder, own, options, time);
        _mount = ShareMount.Of(folder);
        _budget = new ShareBudget(folder, options.Budget, own);
        _retired = own.Tidy();
        _idle = new IdleMemory(options.IdleTime, own, Signal, time);
        _watch = new ShareWatch(Wake);
        _watch.Watch(own.Folder);
        // Who waits wants what is idle here.
        _watch.Watch(QueueFolder);
    }

    /// <summary>The folder of the share.</summary>
    public string Folder { get; }

    /// <summary>Whose part this is.</summary>
    public string Owner => _own.Name;

    /// <summary>Bytes that all owners together may take.</summary>
    public long Budget => _options.Budget;

    /// <summary>Bytes that all owners' objects take; not those that are idle, which whoever needs them gets.</summary>
    public long Used => _budget.Sum() is var (taken, idle) ? taken - idle : 0;

    /// <summary>Type of the file system; anything but <c>tmpfs</c> works, slower.</summary>
    public string FileSystem => _mount.Type;

    /// <summary>Whether the file system gives large pages: to all (<c>always</c>, <c>within_size</c>), to who asks, as is done here (<c>advise</c>), or <c>never</c>.</summary>
    public string HugePages => _mount.HugePages;

    /// <summary>What was copied, and what was not.</summary>
    public ShareCounters Counters { get; } = new();

    private string QueueFolder => Path.Combine(Folder, ShareNames.Queue);

    private bool WantsHugePages => _mount.HugePages is "advise" or "within_size";

    /// <summary>Takes an owner's directory, with what a dead process of the same owner had sealed.</summary>
    /// <param name="folder">Folder of the share, the same for all processes of the node; made when it does not exist.</param>
    /// <param name="owner">Name of this owner, unique on the node.</param>
    /// <param name="options">Budget and times.</param>
    /// <param name="time">The clock that dead owners' time is measured with.</param>
    /// <exception cref="ShareException">The folder cannot be used, the name is none, or a living process has it.</exception>
    public static NodeShare Open(string folder, string owner, NodeShareOptions options, TimeProvider time)
    {
        ShareNames.Check("an owner", owner);
        if (options.Validate() is { Count: > 0 } faults)
            throw new ArgumentException(string.Join("; ", faults), nameof(options));
        folder = Path.GetFullPath(folder);
        Prepare(folder);
        OwnerDirectory own;
        using (ShareLock.Take(folder, ShareNames.OwnersLock))
        {
            own = OwnerDirectory.TryTake(folder, owner, isToBeMade: true)
                ?? throw new ShareException(ShareFault.OwnerInUse, $"Owner \"{owner}\" of the node share \"{folder}\" is {OwnerDirectory.Look(folder, owner)?.Process}, which lives: give each process an owner's name of its own.");
            own.Settle(ProcessIdentity.Describe());
        }
        return new NodeShare(folder, own, options, time);
    }

    /// <summary>Makes an object to be written; waits while the budget is taken.</summary>
    /// <param name="name">Its name among this owner's.</param>
    /// <param name="length">Bytes, all of which have memory when this completes.</param>
    /// <param name="cancel">Gives up waiting.</param>
    /// <exception cref="ShareException">The name is none or taken, the length is beyond the whole budget, or the file system has no memory left.</exception>
    public async Task<ShareDraft> CreateAsync(string name, long length, CancellationToken cancel)
    {
        ShareNames.Check("an object", name);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ThrowIfDisposed();
        var bytes = length > Budget ? length : OwnerDirectory.ToPages(length);
        if (bytes > Budget)
            throw new ShareException(ShareFault.TooLarge, $"Object \"{name}\" of {length} bytes is longer than the node share's budget of {Budget}: give the share more, or send less.");
        cancel.ThrowIfCancellationRequested();
        if (TryReuse(name, bytes, length) is { } again)
            return again;
        if (_budget.Reserve(bytes) is { } waiter)
            await WaitAsync(waiter, cancel);
        try
        {
            return Draft(name, length);
        }
        catch
        {
            Free(bytes);
            throw;
        }
    }

    /// <summary>Opens an object of any owner, dead ones included; what is disposed last frees the memory of one that was removed.</summary>
    /// <exception cref="ShareException">There is no such sealed object.</exception>
    public ShareObject Open(string owner, string name)
    {
        ShareNames.Check("an owner", owner);
        ShareNames.Check("an object", name);
        ThrowIfDisposed();
        var path = Path.Combine(Folder, owner, name);
        var file = PosixNative.Open(path, PosixNative.ReadOnly);
        if (file is null && PosixNative.ErrorNumber != PosixNative.NoEntry)
            throw new ShareException(ShareFault.BadFolder, $"Object \"{owner}/{name}\" of the node share cannot be opened: {PosixNative.Error}.");
        // Whoever frees or reuses it takes its name away and locks it first: what is locked here and still has its name stays.
        if (file is null || !PosixNative.Lock(file, PosixNative.LockShared | PosixNative.LockAtOnce)
            || PosixNative.Stat(file) is var facts && PosixNative.Stat(path)?.Node != facts.Node)
        {
            file?.Dispose();
            throw new ShareException(ShareFault.NotFound, $"There is no object \"{owner}/{name}\" in the node share \"{Folder}\": it was not sealed, or was removed or adopted.");
        }
        var mapping = _parked.Take(facts, isToBeWritten: false);
        if (mapping is null)
            mapping = ShareMapping.Map(file, isWritable: false, WantsHugePages, Park);
        else
        {
            // The lease goes over to the file that is mapped.
            PosixNative.Lock(mapping.File, PosixNative.LockShared | PosixNative.LockAtOnce);
            file.Dispose();
        }
        Counters.AddMapped(facts.Length);
        return new ShareObject(new ShareEntry(owner, name, facts.Length), mapping, mapping.ToBuffer(facts.Length), canBeReopened: false);
    }

    /// <summary>The sealed objects of an owner, by name; none when there is no such owner.</summary>
    public IReadOnlyList<ShareEntry> List(string owner)
    {
        ShareNames.Check("an owner", owner);
        return OwnerDirectory.List(Folder, owner);
    }

    /// <summary>Every owner, dead ones that left something included.</summary>
    public IReadOnlyList<ShareOwner> Owners()
    {
        using var owners = ShareLock.Take(Folder, ShareNames.OwnersLock);
        return [.. OwnersOf(Folder).Select(owner => OwnerDirectory.Look(Folder, owner)).OfType<ShareOwner>()];
    }

    /// <summary>Removes an object of this owner. Readers that have it open keep it; its memory is freed after the last of them.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Remove(string name)
    {
        ShareNames.Check("an object", name);
        ThrowIfDisposed();
        if (_own.Retire(name) is not { } retired)
            return false;
        lock (_gate)
            _retired.Add(retired);
        FreeRetired();
        _watch.Signal();
        return true;
    }

    /// <summary>Makes a sealed object of this owner a draft again, to be written further and sealed anew. While it is a draft, a crash loses it.</summary>
    /// <param name="mine">The object, as sealing its draft gave it; it goes over to the draft, and is not to be used any more.</param>
    /// <returns>The draft; null while a reader has the object open, and then it is as it was.</returns>
    /// <exception cref="ArgumentException">It is another owner's, or was opened, and so is only to be read; it is as it was.</exception>
    public ShareDraft? TryReopen(ShareObject mine)
    {
        ThrowIfDisposed();
        if (mine.Entry.Owner != Owner)
            throw new ArgumentException($"Object \"{mine.Entry.Owner}/{mine.Entry.Name}\" is not of owner \"{Owner}\": copy it instead.", nameof(mine));
        if (!mine.CanBeReopened)
            throw new ArgumentException($"Object \"{Owner}/{mine.Entry.Name}\" was opened, which is to read it; only what sealing gave can be a draft again. Copy it to a new draft instead.", nameof(mine));
        // Held until it is sealed again: a reader who found the name before it went is turned away.
        if (!PosixNative.Lock(mine.File, PosixNative.LockExclusive | PosixNative.LockAtOnce))
        {
            PosixNative.Lock(mine.File, PosixNative.LockShared | PosixNative.LockAtOnce);
            return null;
        }
        if (!PosixNative.RenameNew(Path.Combine(_own.Folder, mine.Entry.Name), Path.Combine(_own.Folder, ShareNames.Draft + mine.Entry.Name)))
            throw new ShareException(ShareFault.NotFound, $"There is no object \"{Owner}/{mine.Entry.Name}\" in the node share \"{Folder}\": it was removed.");
        return mine.Reopen(this);
    }

    /// <summary>Makes the sealed objects of a dead owner this one's. Interrupted, it can be done again by anyone. An object whose name this owner has is removed.</summary>
    /// <returns>What was adopted, with its new owner.</returns>
    /// <exception cref="ShareException">A living process has them.</exception>
    public IReadOnlyList<ShareEntry> Adopt(string owner)
    {
        ShareNames.Check("an owner", owner);
        ThrowIfDisposed();
        using var owners = ShareLock.Take(Folder, ShareNames.OwnersLock);
        if (owner == Owner || !Directory.Exists(Path.Combine(Folder, owner)))
            return [];
        using var dead = OwnerDirectory.TryTake(Folder, owner, isToBeMade: false)
            ?? throw new ShareException(ShareFault.OwnerInUse, $"Objects of owner \"{owner}\" cannot be adopted: it is {OwnerDirectory.Look(Folder, owner)?.Process}, which lives.");
        var adopted = new List<ShareEntry>();
        foreach (var entry in OwnerDirectory.List(Folder, owner))
        {
            // Counted twice for a moment rather than not at all; Tidy counts anew.
            _own.Add(OwnerDirectory.ToPages(entry.Length), 0);
            if (PosixNative.RenameNew(Path.Combine(dead.Folder, entry.Name), Path.Combine(_own.Folder, entry.Name)))
            {
                adopted.Add(entry with { Owner = Owner });
                continue;
            }
            _own.Add(-OwnerDirectory.ToPages(entry.Length), 0);
            dead.Retire(entry.Name)?.Abandon();
        }
        Bury(dead);
        return adopted;
    }

    /// <summary>Leaves the share. Sealed objects stay for the next process of this owner, or to be adopted; whoever waits for memory is told.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        _watch.Dispose();
        _budget.Fail(new ObjectDisposedException(nameof(NodeShare)));
        _parked.Dispose();
        try
        {
            Leave();
        }
        catch (Exception e) when (e is ShareException or IOException or UnauthorizedAccessException)
        {
            // The folder is gone, or closed to this user: there is nothing to leave in order.
        }
        _own.Dispose();
    }

    /// <summary>Names of the owners' directories.</summary>
    internal static IEnumerable<string> OwnersOf(string folder) =>
        Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)!).Where(name => name[0] != '.');

    private static void Prepare(string folder)
    {
        if (!OperatingSystem.IsLinux())
            throw new ShareException(ShareFault.BadFolder, $"\"{folder}\" cannot be a node share: it needs Linux.");
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, ShareNames.Queue));
            if ((File.GetUnixFileMode(folder) & UnixFileMode.OtherWrite) != 0)
                throw new ShareException(ShareFault.BadFolder, $"Everyone may write in \"{folder}\", so nobody may trust it: make it a folder of the workers' user with mode 0770.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ShareException(ShareFault.BadFolder, $"\"{folder}\" cannot be a node share: {e.Message} Give a folder of a tmpfs that this user may write in.", e);
        }
    }

    private async Task WaitAsync(ShareBudget.Waiter waiter, CancellationToken cancel)
    {
        _watch.Watch(Folder);
        _watch.Signal();
        await using (cancel.UnsafeRegister((_, token) => _budget.Leave(waiter, token), null))
            await waiter.Taken.Task;
    }

    private void Free(long bytes)
    {
        _own.Add(-bytes, 0);
        _watch.Signal();
    }

    private void Signal() => _watch.Signal();

    /// <summary>Ends the lease of an object that this owner wrote, and keeps it mapped to be read, or for the next one in the same memory; ends that of a draft given up.</summary>
    private bool EndLease(ShareMapping mapping)
    {
        var isKept = mapping.IsProtected && Park(mapping);
        if (!isKept)
            mapping.End();
        _watch.Signal();
        return true;
    }

    /// <summary>Ends the lease of an object that was opened, and keeps it mapped for the next one in the same memory.</summary>
    private bool Park(ShareMapping mapping)
    {
        if (_isDisposed != 0)
            return false;
        PosixNative.Unlock(mapping.File);
        return _parked.Park(mapping);
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_isDisposed != 0, this);
}
