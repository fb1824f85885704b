using System.Threading.Channels;
using Hearth.Kubernetes.Telemetry;

namespace Hearth.Kubernetes.Queues;

/// <summary>Names of things to look at, each at most once in the queue and in the hands of at most one worker (client-go's workqueue).</summary>
/// <remarks>
/// <list type="number">
/// <item>An item that is added while it waits is not added again.</item>
/// <item>An item that is added while a worker has it comes back when the worker is done, so no change is missed and none is worked on twice at a time.</item>
/// <item>A retry waits for the item's own back-off and for the rate over all items, whichever is longer.</item>
/// <item>Of several delayed adds of an item the earliest counts.</item>
/// <item>What is added because its time has come round again waits behind what is new, and moves up when it becomes new itself.</item>
/// </list>
/// </remarks>
internal sealed class WorkQueue<TKey> : IDisposable
    where TKey : struct, IEquatable<TKey>
{
    private readonly Lock _lock = new();
    private readonly Channel<bool> _ready = Channel.CreateUnbounded<bool>();
    private readonly Queue<TKey> _new = new();
    private readonly Queue<TKey> _routine = new();
    private readonly Dictionary<TKey, (long AddedAt, bool IsRoutine)> _dirty = [];
    private readonly Dictionary<TKey, long> _processing = [];
    private readonly Dictionary<TKey, int> _failures = [];
    private readonly DelayedItems<TKey> _delayed;
    private readonly WorkQueueOptions _options;
    private readonly TimeProvider _time;
    private readonly TokenBucket _retries;
    private readonly KeyValuePair<string, object?> _name;
    private readonly KeyValuePair<string, object?> _controller;

    public WorkQueue(string name, TimeProvider time, WorkQueueOptions? options = null)
    {
        _options = options ?? new WorkQueueOptions();
        _time = time;
        _retries = new TokenBucket(_options.RetriesPerSecond, _options.RetryBurst, time);
        _delayed = new DelayedItems<TKey>(time, Add);
        (_name, _controller) = (new("name", name), new("controller", name));
        WorkUnderWay.Add(this, [_name, _controller], SecondsUnderWay);
    }

    /// <summary>Items that wait for a worker.</summary>
    public int Count => _ready.Reader.Count;

    /// <summary>Queues an item unless it waits already.</summary>
    public void Add(TKey item) => Add(item, isRoutine: false);

    /// <summary>Queues an item behind all that is new, unless it waits already.</summary>
    public void AddRoutine(TKey item) => Add(item, isRoutine: true);

    /// <summary>Queues an item after a delay.</summary>
    public void AddAfter(TKey item, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
            Add(item);
        else
            _delayed.Add(item, delay);
    }

    /// <summary>Queues an item that failed, after its back-off.</summary>
    public void AddRateLimited(TKey item)
    {
        KubernetesMetrics.QueueRetries.Add(1, _name, _controller);
        AddAfter(item, NextDelay(item));
    }

    /// <summary>Ends an item's back-off: the next failure starts from the base delay.</summary>
    public void Forget(TKey item)
    {
        lock (_lock)
            _failures.Remove(item);
    }

    /// <summary>The next item, which is this worker's until <see cref="Done"/>.</summary>
    /// <exception cref="ChannelClosedException">The queue was shut down and is empty.</exception>
    public async ValueTask<TKey> GetAsync(CancellationToken cancel)
    {
        await _ready.Reader.ReadAsync(cancel);
        lock (_lock)
        {
            var item = Next();
            var now = _time.GetTimestamp();
            _dirty.Remove(item, out var added);
            _processing.Add(item, now);
            CountWaiting(-1, added.IsRoutine);
            KubernetesMetrics.QueueDuration.Record(_time.GetElapsedTime(added.AddedAt, now).TotalSeconds, _name, _controller);
            return item;
        }
    }

    /// <summary>Gives an item back; it is queued again if it was added meanwhile.</summary>
    public void Done(TKey item)
    {
        lock (_lock)
        {
            if (!_processing.Remove(item, out var startedAt))
                return;
            KubernetesMetrics.WorkDuration.Record(_time.GetElapsedTime(startedAt).TotalSeconds, _name, _controller);
            if (_dirty.TryGetValue(item, out var added))
                Enqueue(item, added.IsRoutine);
        }
    }

    /// <summary>Shuts the queue down: it accepts nothing more, and what waits may still be taken.</summary>
    public void Dispose()
    {
        WorkUnderWay.Remove(this);
        _delayed.Dispose();
        _ready.Writer.TryComplete();
    }

    private void Add(TKey item, bool isRoutine)
    {
        lock (_lock)
        {
            var waits = _dirty.TryGetValue(item, out var added);
            if (waits && (isRoutine || !added.IsRoutine))
                return;
            _dirty[item] = (waits ? added.AddedAt : _time.GetTimestamp(), isRoutine);
            if (!waits)
                KubernetesMetrics.QueueAdds.Add(1, _name, _controller);
            if (_processing.ContainsKey(item))
                return;
            if (waits)
                MoveUp(item);
            else
                Enqueue(item, isRoutine);
        }
    }

    /// <summary>The item that waits longest among the new, else among the others. For each there is a permit in <see cref="_ready"/>.</summary>
    private TKey Next()
    {
        if (_new.TryDequeue(out var item))
            return item;

        // One that moved up has left its place behind.
        do
            item = _routine.Dequeue();
        while (!_dirty.TryGetValue(item, out var added) || !added.IsRoutine || _processing.ContainsKey(item));
        return item;
    }

    private void Enqueue(TKey item, bool isRoutine)
    {
        if (!_ready.Writer.TryWrite(true))
            return;
        (isRoutine ? _routine : _new).Enqueue(item);
        CountWaiting(1, isRoutine);
    }

    private void MoveUp(TKey item)
    {
        _new.Enqueue(item);
        CountWaiting(-1, isRoutine: true);
        CountWaiting(1, isRoutine: false);
    }

    // The priorities are those that controller-runtime gives to the two.
    private void CountWaiting(int change, bool isRoutine) => KubernetesMetrics.QueueDepth.Add(change, _name, _controller, new("priority", isRoutine ? "-100" : "0"));

    private (double Sum, double Longest) SecondsUnderWay()
    {
        lock (_lock)
        {
            var seconds = _processing.Values.Select(startedAt => _time.GetElapsedTime(startedAt).TotalSeconds).ToList();
            return (seconds.Sum(), seconds.DefaultIfEmpty().Max());
        }
    }

    private TimeSpan NextDelay(TKey item)
    {
        lock (_lock)
        {
            var failures = _failures.GetValueOrDefault(item);
            _failures[item] = failures + 1;

            // Beyond 2^40 the doubling is past any limit; the cap keeps the arithmetic finite.
            var own = TimeSpan.FromTicks((long)Math.Min(_options.BaseDelay.Ticks * Math.Pow(2, Math.Min(failures, 40)), _options.MaxDelay.Ticks));
            var overall = _retries.Take();
            return own > overall ? own : overall;
        }
    }
}
