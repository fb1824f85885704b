namespace Hearth.Transport.Shares;

public sealed partial class NodeShare
{
    /// <summary>What the watch does when something happened; says whether something is still awaited.</summary>
    private bool Wake()
    {
        try
        {
            return FreeAndServe();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ShareException)
        {
            // The folder is gone or closed to this user: nothing will ever become free.
            _budget.Fail(new ShareException(ShareFault.BadFolder, $"The node share \"{Folder}\" cannot be used any more: {e.Message}", e));
            return false;
        }
    }

    private bool FreeAndServe()
    {
        var isWaiting = FreeRetired();
        if (Directory.EnumerateFileSystemEntries(QueueFolder).Any())
            _idle.Drop();
        if (!_budget.IsAwaited)
            return isWaiting;
        // Watched before it is looked at, so that what changes in between is told.
        foreach (var owner in OwnersOf(Folder))
            _watch.Watch(Path.Combine(Folder, owner));
        _budget.Serve();
        if (!_budget.IsAwaited)
            return isWaiting;
        Sweep();
        _budget.Serve();
        return _budget.IsAwaited || isWaiting;
    }

    /// <summary>Takes back the memory of removed objects that nobody reads any more; says whether others are left.</summary>
    internal bool FreeRetired()
    {
        lock (_gate)
        {
            _retired.RemoveAll(retired =>
            {
                if (!retired.TryLock())
                    return false;
                _idle.Put(retired);
                return true;
            });
            return _retired.Count > 0;
        }
    }

    /// <summary>Frees what dead owners left that nobody can use, and what nobody adopted in time.</summary>
    internal void Sweep()
    {
        using var owners = ShareLock.Take(Folder, ShareNames.OwnersLock);
        foreach (var owner in OwnersOf(Folder).Where(owner => owner != Owner).ToList())
        {
            using var dead = OwnerDirectory.TryTake(Folder, owner, isToBeMade: false);
            if (dead is null)
                continue;
            var now = _time.GetUtcNow();
            if (dead.DeadSince is not { } since)
                dead.MarkDead(now);
            else if (now - since >= _options.DeadOwnerGrace)
            {
                foreach (var entry in OwnerDirectory.List(Folder, owner))
                    dead.Retire(entry.Name)?.Abandon();
            }
            Bury(dead);
        }
    }

    private void Leave()
    {
        using var owners = ShareLock.Take(Folder, ShareNames.OwnersLock);
        FreeRetired();
        _idle.Dispose();
        _retired.ForEach(retired => retired.Abandon());
        _own.RemoveEmpty();
    }

    private static void Bury(OwnerDirectory dead)
    {
        dead.Tidy().ForEach(retired => retired.Abandon());
        dead.RemoveEmpty();
    }
}
