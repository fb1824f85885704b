namespace Hearth.Gateway.Functions;

/// <summary>The memory that waiting requests of all functions of this gateway share. Thread-safe.</summary>
/// <remarks>
/// While there is room everybody gets in. When it is full, a request of a function that would hold less than the one that holds the most gets in, and that
/// one gives up its last waiter; nobody else does. So what a function holds under overload is its max-min fair share: a function that asks for less than an equal
/// part gets all it asks for, and a flood of one costs the others nothing.
/// </remarks>
/// <param name="capacity">Bytes in all.</param>
internal sealed class WaitingRoom(long capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<FunctionState, long> _held = [];
    private long _total;

    /// <summary>Bytes held by all.</summary>
    public long Held
    {
        get
        {
            lock (_gate)
                return _total;
        }
    }

    /// <summary>Whether somebody has to give way.</summary>
    public bool IsOverfull => Held > capacity;

    /// <summary>Bytes that a function holds.</summary>
    public long HeldBy(FunctionState function)
    {
        lock (_gate)
            return _held.GetValueOrDefault(function);
    }

    /// <summary>Takes room for a request, or says that there is none. Whoever got in calls <see cref="Settle"/> once it holds no lock.</summary>
    public bool TryEnter(FunctionState function, long bytes)
    {
        lock (_gate)
        {
            var held = _held.GetValueOrDefault(function) + bytes;
            if (_total + bytes > capacity && !(Largest() is { } largest && largest.Key != function && largest.Value > held))
                return false;
            _held[function] = held;
            _total += bytes;
            return true;
        }
    }

    /// <summary>Gives room back.</summary>
    public void Leave(FunctionState function, long bytes)
    {
        lock (_gate)
        {
            _total -= bytes;
            if ((_held[function] -= bytes) == 0)
                _held.Remove(function);
        }
    }

    /// <summary>Has those that hold the most give way until all fits. Calls into functions, so the caller holds the lock of none.</summary>
    public void Settle()
    {
        while (Overfull() is { } function)
            function.GiveWay();
    }

    private FunctionState? Overfull()
    {
        lock (_gate)
            return _total > capacity ? Largest()?.Key : null;
    }

    private KeyValuePair<FunctionState, long>? Largest() => _held.Count == 0 ? null : _held.MaxBy(entry => entry.Value);
}
