namespace Hearth.Testing;

/// <summary>A clock that stands still until <see cref="Advance"/> moves it, firing timers in order of their due times.</summary>
/// <remarks>
/// Each timer sees the time at which it was due, and timers armed by a firing timer take part in the same advance. Callbacks run on the
/// thread that advances, so what they complete synchronously has happened when <see cref="Advance"/> returns.
/// </remarks>
public sealed class ManualTimeProvider(DateTimeOffset? start = null) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _armed = [];
    private DateTimeOffset _now = start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private long _order;
    private TaskCompletionSource _changed = NewSignal();

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Timers that wait to fire.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_lock)
                return _armed.Count;
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock forward and fires every timer that falls due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var end = GetUtcNow() + by;
        while (TakeDue(end) is { } timer)
            timer.Fire();
        lock (_lock)
            _now = end > _now ? end : _now;
    }

    /// <summary>
    /// Completes once a timer is armed that falls due within <paramref name="dueWithin"/> of the clock's present time: the moment from which
    /// advancing by it wakes the code under test.
    /// </summary>
    /// <exception cref="TimeoutException">No such timer was armed within 30 seconds of real time.</exception>
    public async Task WaitForTimerAsync(TimeSpan dueWithin)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_armed.Exists(t => t.Due <= _now + dueWithin))
                    return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ManualTimer? TakeDue(DateTimeOffset end)
    {
        lock (_lock)
        {
            var timer = _armed.Where(t => t.Due <= end).MinBy(t => (t.Due, t.Order));
            if (timer is null)
                return null;
            _now = timer.Due > _now ? timer.Due : _now;
            _armed.Remove(timer);
            if (timer.Period > TimeSpan.Zero)
                Arm(timer, timer.Period);
            return timer;
        }
    }

    private void Arm(ManualTimer timer, TimeSpan dueIn)
    {
        timer.Due = _now + dueIn;
        timer.Order = _order++;
        _armed.Add(timer);
        _changed.TrySetResult();
        _changed = NewSignal();
    }

    private bool Change(ManualTimer timer, TimeSpan dueIn, TimeSpan period)
    {
        lock (_lock)
        {
            if (timer.Disposed)
                return false;
            _armed.Remove(timer);
            timer.Period = period;
            if (dueIn != Timeout.InfiniteTimeSpan)
                Arm(timer, dueIn);
            return true;
        }
    }

    private void Remove(ManualTimer timer)
    {
        lock (_lock)
        {
            timer.Disposed = true;
            _armed.Remove(timer);
        }
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public long Order { get; set; }

        public TimeSpan Period { get; set; }

        public bool Disposed { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => clock.Change(this, dueTime, period);

        public void Dispose() => clock.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
