namespace Hearth.Kubernetes.Queues;

/// <summary>Items that become due later, on one timer.</summary>
internal sealed class DelayedItems<TKey> : IDisposable
    where TKey : struct, IEquatable<TKey>
{
    private static readonly TimeSpan LongestLeg = TimeSpan.FromDays(1);
    private readonly Lock _lock = new();
    private readonly PriorityQueue<TKey, TimeSpan> _order = new();
    private readonly Dictionary<TKey, TimeSpan> _due = [];
    private readonly TimeProvider _time;
    private readonly Action<TKey> _release;
    private readonly ITimer _timer;
    private readonly long _origin;

    public DelayedItems(TimeProvider time, Action<TKey> release)
    {
        _time = time;
        _release = release;
        _origin = time.GetTimestamp();
        _timer = time.CreateTimer(static self => ((DelayedItems<TKey>)self!).ReleaseDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    // Not the wall clock, which may be set back.
    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>Releases an item after a delay, or earlier if it is to be released earlier already.</summary>
    public void Add(TKey item, TimeSpan delay)
    {
        lock (_lock)
        {
            var due = Now + delay;
            if (_due.TryGetValue(item, out var earlier) && earlier <= due)
                return;
            _due[item] = due;
            _order.Enqueue(item, due);
            if (_order.Peek().Equals(item))
                ArmTimer();
        }
    }

    public void Dispose() => _timer.Dispose();

    private void ReleaseDue()
    {
        while (TryTakeDue(out var item))
            _release(item);
    }

    private bool TryTakeDue(out TKey item)
    {
        lock (_lock)
        {
            while (_order.TryPeek(out item, out var due))
            {
                if (due > Now)
                {
                    ArmTimer();
                    return false;
                }

                _order.Dequeue();

                // An entry that an earlier one has overtaken is only left over in the heap.
                if (_due.TryGetValue(item, out var current) && current == due)
                    return _due.Remove(item);
            }

            return false;
        }
    }

    private void ArmTimer()
    {
        _order.TryPeek(out _, out var due);

        // Timers count whole milliseconds and at most 49 days: rather late by a fraction than early, and a long wait in several legs.
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling((due - Now).TotalMilliseconds));
        _timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestLeg ? LongestLeg : wait, Timeout.InfiniteTimeSpan);
    }
}
