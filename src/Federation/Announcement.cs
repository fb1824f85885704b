namespace Hearth.Federation;

/// <summary>Wakes everyone who waits, again and again. Take <see cref="Next"/> before looking at what it announces, so that nothing is missed.</summary>
internal sealed class Announcement
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next announcement.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Wakes who waits.</summary>
    public void Announce() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
}
