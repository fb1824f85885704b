namespace Hearth.Gateway.Functions;

/// <summary>The requests of one function that wait for a worker, in the order in which they get one. Not thread-safe.</summary>
/// <remarks>
/// Higher priorities go first, within one priority the one that arrived first. So that none starves, normal requests get at least one of
/// <see cref="NormalShare"/> slots and low ones at least one of <see cref="LowShare"/> while any wait. A share, and not age: with deadlines, a low request that
/// ages until it comes first under lasting overload would time out on the way.
/// </remarks>
internal sealed class WaitingLine
{
    /// <summary>Of so many slots in a row at least one goes to a normal request that waits.</summary>
    public const int NormalShare = 4;

    /// <summary>Of so many slots in a row at least one goes to a low request that waits.</summary>
    public const int LowShare = 16;

    private readonly LinkedList<Waiter>[] _classes = [new(), new(), new()];
    private int _normalPassedOver;
    private int _lowPassedOver;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>All who wait.</summary>
    public IEnumerable<Waiter> All => _classes.SelectMany(waiters => waiters);

    /// <summary>Timestamp of the earliest arrival. Only while anyone waits.</summary>
    public long EarliestArrival => _classes.Where(waiters => waiters.Count > 0).Min(waiters => waiters.First!.Value.Terms.Arrived);

    /// <summary>Takes a place. One that had a slot before and comes back goes before those that arrived after it.</summary>
    public void Add(Waiter waiter)
    {
        var waiters = Of(waiter.Terms.Priority);
        var before = waiters.Last;
        while (before is not null && before.Value.Terms.Arrived > waiter.Terms.Arrived)
            before = before.Previous;
        waiter.Place = before is null ? waiters.AddFirst(waiter) : waiters.AddAfter(before, waiter);
        Count++;
    }

    /// <summary>Leaves; false when it had left already.</summary>
    public bool Remove(Waiter waiter)
    {
        if (waiter.Place is not { } place)
            return false;
        waiter.Place = null;
        place.List!.Remove(place);
        Count--;
        return true;
    }

    /// <summary>Takes out whose turn it is. Only while anyone waits.</summary>
    public Waiter TakeNext()
    {
        var (high, normal, low) = (Of(Priority.High), Of(Priority.Normal), Of(Priority.Low));
        var isLowsTurn = low.Count > 0 && (_lowPassedOver >= LowShare - 1 || high.Count + normal.Count == 0);
        var isNormalsTurn = !isLowsTurn && normal.Count > 0 && (_normalPassedOver >= NormalShare - 2 || high.Count == 0);
        _lowPassedOver = isLowsTurn || low.Count == 0 ? 0 : _lowPassedOver + 1;
        _normalPassedOver = isNormalsTurn || normal.Count == 0 ? 0 : _normalPassedOver + 1;
        var next = (isLowsTurn ? low : isNormalsTurn ? normal : high).First!.Value;
        Remove(next);
        return next;
    }

    /// <summary>How many of those that wait go before a request that comes now.</summary>
    public int Ahead(in CallTerms terms)
    {
        var same = AheadInClass(terms);
        var high = Of(Priority.High).Count;
        return terms.Priority switch
        {
            Priority.High => same,
            Priority.Normal => Math.Min(high + same, (NormalShare * (same + 1)) - 1),
            _ => Math.Min(high + Of(Priority.Normal).Count + same, (LowShare * (same + 1)) - 1),
        };
    }

    /// <summary>Who gives way first: the latest of the lowest priority. Null when nobody below <paramref name="limit"/> waits.</summary>
    public Waiter? LastBelow(Priority limit)
    {
        for (var priority = Priority.Low; priority < limit; priority++)
        {
            if (Of(priority).Last is { } last)
                return last.Value;
        }
        return null;
    }

    /// <summary>Who gives way first when somebody has to; null when nobody waits.</summary>
    public Waiter? Last => LastBelow(Priority.High + 1);

    private LinkedList<Waiter> Of(Priority priority) => _classes[(int)priority];

    private int AheadInClass(in CallTerms terms)
    {
        var waiters = Of(terms.Priority);
        var behind = 0;
        for (var node = waiters.Last; node is not null && node.Value.Terms.Arrived > terms.Arrived; node = node.Previous)
            behind++;
        return waiters.Count - behind;
    }
}
