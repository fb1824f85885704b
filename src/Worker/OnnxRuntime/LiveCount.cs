namespace Hearth.Worker.OnnxRuntime;

/// <summary>Counts native objects that are not released yet: the proof that a worker was left clean.</summary>
internal sealed class LiveCount
{
    private int _value;

    /// <summary>Objects not released.</summary>
    public int Value => Volatile.Read(ref _value);

    /// <summary>One more.</summary>
    public void Increment() => Interlocked.Increment(ref _value);

    /// <summary>One less.</summary>
    public void Decrement() => Interlocked.Decrement(ref _value);
}
