using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cuda;

/// <summary>An event behind the work queued before.</summary>
internal sealed unsafe class CudaMarker : ProfilingMarker
{
    private readonly CudaContext _context;
    private nint _event;

    public CudaMarker(CudaContext context, nint stream)
    {
        _context = context;
        nint handle = 0;
        context.Enter().Check(context.Cuda.EventCreate(&handle, 0));
        _event = handle;
        context.Retain();
        context.Check(context.Cuda.EventRecord(handle, stream));
    }

    ~CudaMarker() => Release();

    public override void Synchronize()
    {
        ObjectDisposedException.ThrowIf(_event == 0, this);
        _context.Enter().Check(_context.Cuda.EventSynchronize(_event));
    }

    public override TimeSpan MeasureFrom(ProfilingMarker earlier)
    {
        var start = Alike<CudaMarker>(earlier);
        start.Synchronize();
        Synchronize();
        var milliseconds = 0f;
        _context.Check(_context.Cuda.EventElapsedTime(&milliseconds, start._event, _event));
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    public override void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (Interlocked.Exchange(ref _event, 0) is not 0 and var handle)
        {
            _ = _context.EnterToRelease().EventDestroy(handle);
            _context.Release();
        }
    }
}
