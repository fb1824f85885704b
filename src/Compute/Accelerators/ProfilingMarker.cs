namespace Hearth.Compute.Accelerators;

/// <summary>A place in a stream's queue, with the time at which the device came to it.</summary>
public abstract class ProfilingMarker : IDisposable
{
    /// <summary>Waits until the device has come to it.</summary>
    public abstract void Synchronize();

    /// <summary>Time on the device from an earlier marker of the same stream to this one; waits for both.</summary>
    /// <exception cref="ArgumentException">The other marker is of another kind of accelerator.</exception>
    public abstract TimeSpan MeasureFrom(ProfilingMarker earlier);

    /// <inheritdoc/>
    public abstract void Dispose();

    private protected static TMarker Alike<TMarker>(ProfilingMarker earlier)
        where TMarker : ProfilingMarker =>
        earlier as TMarker ?? throw new ArgumentException($"A {earlier.GetType().Name} has no time in common with a {typeof(TMarker).Name}.", nameof(earlier));
}
