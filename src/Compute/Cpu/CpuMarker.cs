using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cpu;

/// <summary>A moment: work is done when it is queued.</summary>
internal sealed class CpuMarker : ProfilingMarker
{
    private readonly long _timestamp = TimeProvider.System.GetTimestamp();

    public override void Synchronize()
    {
        // The device is always there already.
    }

    public override TimeSpan MeasureFrom(ProfilingMarker earlier) =>
        TimeProvider.System.GetElapsedTime(Alike<CpuMarker>(earlier)._timestamp, _timestamp);

    public override void Dispose()
    {
        // Holds nothing.
    }
}
