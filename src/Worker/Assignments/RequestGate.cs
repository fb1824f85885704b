namespace Hearth.Worker.Assignments;

/// <summary>Counts running requests, holds them to a limit, and closes.</summary>
internal sealed class RequestGate(int limit)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _closed;

    /// <summary>Requests inside.</summary>
    public int Running
    {
        get
        {
            lock (_lock)
                return _running;
        }
    }

    /// <summary>Lets a request in, to be followed by <see cref="Leave"/>; false when full or closed.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_closed || (limit > 0 && _running >= limit))
                return false;
            _running++;
            return true;
        }
    }

    /// <summary>A request ended.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _running--;
            if (_closed && _running == 0)
                _empty.TrySetResult();
        }
    }

    /// <summary>Lets no one in any more; completes when no one is inside.</summary>
    public Task CloseAsync()
    {
        lock (_lock)
        {
            _closed = true;
            if (_running == 0)
                _empty.TrySetResult();
        }
        return _empty.Task;
    }
}
