namespace Hearth.Transport.Shares;

/// <summary>The bytes that all owners of a node share, and the queue for them.</summary>
/// <remarks>First come, first served, over all processes: a large request waits in front of small ones and is not starved by them. What a dead process
/// took is found out by who waits.</remarks>
internal sealed class ShareBudget(string share, long limit, OwnerDirectory own)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiting = [];

    /// <summary>Whether anyone of this process waits.</summary>
    public bool IsAwaited
    {
        get
        {
            lock (_gate)
                return _waiting.Count > 0;
        }
    }

    /// <summary>Takes bytes, or a place in the queue.</summary>
    /// <returns>Null when the bytes were taken.</returns>
    public Waiter? Reserve(long bytes)
    {
        lock (_gate)
        {
            using var budget = ShareLock.Take(share, ShareNames.BudgetLock);
            if (_waiting.Count == 0 && ShareTicket.IsNext(share, null) && TryTake(bytes))
                return null;
            var waiter = new Waiter(bytes, ShareTicket.Take(share));
            _waiting.AddLast(waiter);
            return waiter;
        }
    }

    /// <summary>Gives up a place, unless the bytes were taken just now.</summary>
    public void Leave(Waiter waiter, CancellationToken cancel)
    {
        lock (_gate)
        {
            if (!_waiting.Remove(waiter))
                return;
        }
        waiter.Ticket.Dispose();
        waiter.Taken.TrySetCanceled(cancel);
    }

    /// <summary>Gives those who wait what there is, in their order.</summary>
    public void Serve()
    {
        lock (_gate)
        {
            while (_waiting.First is { Value: var waiter })
            {
                using var budget = ShareLock.Take(share, ShareNames.BudgetLock);
                if (!ShareTicket.IsNext(share, waiter.Ticket) || !TryTake(waiter.Bytes))
                    return;
                _waiting.RemoveFirst();
                waiter.Ticket.Dispose();
                waiter.Taken.TrySetResult();
            }
        }
    }

    /// <summary>Tells everyone who waits that nothing will come.</summary>
    public void Fail(Exception failure)
    {
        lock (_gate)
        {
            foreach (var waiter in _waiting)
            {
                waiter.Ticket.Dispose();
                waiter.Taken.TrySetException(failure);
            }
            _waiting.Clear();
        }
    }

    /// <summary>What all owners have taken, and what of it is idle.</summary>
    public (long Taken, long Idle) Sum() => NodeShare.OwnersOf(share).Select(owner => OwnerDirectory.ReadTaken(share, owner))
        .Aggregate((Taken: 0L, Idle: 0L), (sum, owner) => (sum.Taken + owner.Taken, sum.Idle + owner.Idle));

    private bool TryTake(long bytes)
    {
        if (Sum().Taken > limit - bytes)
            return false;
        own.Add(bytes, 0);
        return true;
    }

    /// <summary>Someone who waits.</summary>
    public sealed record Waiter(long Bytes, ShareTicket Ticket)
    {
        /// <summary>Completes when the bytes were taken.</summary>
        public TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
