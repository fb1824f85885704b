using Microsoft.Win32.SafeHandles;

namespace Hearth.Transport.Shares;

/// <summary>Memory of removed objects, kept a while for the next object of that size.</summary>
/// <remarks>The updates of a federation are of one size. In memory that was used before no page need be cleared, nor be mapped anew by neighbours that
/// had it mapped; with 4 KiB pages that is most of what an object costs. Kept only while nobody on the node waits for memory.</remarks>
internal sealed class IdleMemory : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<RetiredObject> _idle = [];
    private readonly OwnerDirectory _own;
    private readonly Action _freed;
    private readonly TimeSpan _keep;
    private readonly ITimer _timer;

    /// <summary>Keeps nothing yet.</summary>
    /// <param name="keep">How long memory is kept after some was last put here.</param>
    /// <param name="own">Where it lies, and is counted.</param>
    /// <param name="freed">Told when memory was freed.</param>
    /// <param name="time">The clock.</param>
    public IdleMemory(TimeSpan keep, OwnerDirectory own, Action freed, TimeProvider time)
    {
        _keep = keep;
        _own = own;
        _freed = freed;
        _timer = time.CreateTimer(_ => Drop(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Keeps what a removed object took, or frees it.</summary>
    public void Put(RetiredObject locked)
    {
        lock (_gate)
        {
            _idle.Add(locked);
            _own.Add(0, locked.Bytes);
            _timer.Change(_keep, Timeout.InfiniteTimeSpan);
        }
        if (_keep == TimeSpan.Zero)
            Drop();
    }

    /// <summary>Makes a draft of memory of just that size; null when there is none.</summary>
    public SafeFileHandle? Take(long bytes, string draft)
    {
        lock (_gate)
        {
            // The last one put here is the likeliest to be in the processor's cache still.
            var i = _idle.FindLastIndex(idle => idle.Bytes == bytes);
            if (i < 0 || _idle[i].Reuse(draft) is not { } file)
                return null;
            _idle.RemoveAt(i);
            _own.Add(0, -bytes);
            return file;
        }
    }

    /// <summary>Frees all of it.</summary>
    public void Drop()
    {
        long bytes;
        lock (_gate)
        {
            bytes = _idle.Sum(idle => idle.Bytes);
            _idle.ForEach(idle => idle.Free());
            _idle.Clear();
        }
        if (bytes == 0)
            return;
        _own.Add(-bytes, -bytes);
        _freed();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        Drop();
    }
}
