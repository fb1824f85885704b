using System.Threading.Channels;

namespace Hearth.Kubernetes.InMemory.Storage;

/// <summary>
/// One subscription to a resource. Its queue is bounded: a reader that falls behind is cut off, after which it resumes from the last version
/// it saw, or lists again when that is too old.
/// </summary>
internal sealed class Watcher : IDisposable
{
    private readonly Channel<WatchItem> _queue;
    private readonly Action<Watcher> _unsubscribe;

    internal Watcher(IReadOnlyList<Change> missed, int capacity, Action<Watcher> unsubscribe)
    {
        Missed = missed;
        _queue = Channel.CreateBounded<WatchItem>(new BoundedChannelOptions(capacity) { SingleReader = true });
        _unsubscribe = unsubscribe;
    }

    /// <summary>Changes between the version asked for and the subscription.</summary>
    public IReadOnlyList<Change> Missed { get; }

    /// <summary>Changes since the subscription, in order. Completes when the reader was too slow.</summary>
    public ChannelReader<WatchItem> Items => _queue.Reader;

    /// <inheritdoc/>
    public void Dispose() => _unsubscribe(this);

    /// <summary>Called by the store under its lock, so the order of items is the order of writes.</summary>
    internal void Post(WatchItem item)
    {
        if (!_queue.Writer.TryWrite(item))
            _queue.Writer.TryComplete();
    }
}
