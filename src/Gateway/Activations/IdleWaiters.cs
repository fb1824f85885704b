using Hearth.Kubernetes.Controllers;

namespace Hearth.Gateway.Activations;

/// <summary>Those who wait for a worker of a pool to become idle. Each that does wakes one: whose function has the fewest workers, then who came first. Thread-safe.</summary>
internal sealed class IdleWaiters
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, List<Place>> _pools = [];

    /// <summary>Begins to wait; whoever looks for an idle worker first joins before, so that it misses none.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="has">Workers that the function has or is getting already.</param>
    public Place Join(ObjectKey pool, int has)
    {
        var place = new Place(this, pool, has);
        lock (_gate)
        {
            if (!_pools.TryGetValue(pool, out var places))
                _pools[pool] = places = [];
            places.Add(place);
        }
        return place;
    }

    /// <summary>A worker of the pool became idle.</summary>
    public void OnIdle(ObjectKey pool)
    {
        lock (_gate)
        {
            if (_pools.TryGetValue(pool, out var places))
                places.Where(place => !place.Woken.IsCompleted).MinBy(place => place.Has)?.Wake();
        }
    }

    private void Leave(Place place)
    {
        lock (_gate)
        {
            if (!_pools.TryGetValue(place.Pool, out var places) || !places.Remove(place))
                return;
            if (places.Count == 0)
                _pools.Remove(place.Pool);
        }
        // The worker that it was woken for is still there.
        if (place.Woken.IsCompleted)
            OnIdle(place.Pool);
    }

    /// <summary>One who waits, until it is disposed.</summary>
    public sealed class Place(IdleWaiters waiters, ObjectKey pool, int has) : IDisposable
    {
        private TaskCompletionSource _woken = New();

        /// <summary>The pool.</summary>
        public ObjectKey Pool => pool;

        /// <summary>Workers that the function has or is getting already.</summary>
        public int Has => has;

        /// <summary>Completes when an idle worker is there for it to claim.</summary>
        public Task Woken
        {
            get
            {
                lock (waiters._gate)
                    return _woken.Task;
            }
        }

        /// <summary>Takes note that it tries to claim that worker, and waits for the next.</summary>
        public void Rearm()
        {
            lock (waiters._gate)
                _woken = New();
        }

        /// <inheritdoc/>
        public void Dispose() => waiters.Leave(this);

        /// <summary>Under the lock.</summary>
        internal void Wake() => _woken.SetResult();

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
