using Hearth.Compute.Accelerators;
using static Hearth.Compute.OpenCl.OpenClNative;

namespace Hearth.Compute.OpenCl;

/// <summary>An event behind the work queued before.</summary>
internal sealed unsafe class OpenClMarker(OpenClAccelerator accelerator, nint done) : ProfilingMarker
{
    private nint _done = done;

    ~OpenClMarker() => Release();

    public override void Synchronize()
    {
        ObjectDisposedException.ThrowIf(_done == 0, this);
        var done = _done;
        OpenClErrors.Check(clWaitForEvents(1, &done), accelerator);
    }

    public override TimeSpan MeasureFrom(ProfilingMarker earlier) =>
        TimeSpan.FromMicroseconds((GetEnd() - (double)Alike<OpenClMarker>(earlier).GetEnd()) / 1000);

    public override void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>Nanoseconds of the device's clock.</summary>
    private long GetEnd()
    {
        Synchronize();
        long time;
        OpenClErrors.Check(clGetEventProfilingInfo(_done, ProfilingCommandEnd, sizeof(long), &time, null), accelerator);
        return time;
    }

    private void Release()
    {
        if (Interlocked.Exchange(ref _done, 0) is not 0 and var done)
            _ = clReleaseEvent(done);
    }
}
