using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cpu;

/// <summary>Does work at once, on all cores.</summary>
/// <remarks>Loops capture views, not addresses, so that memory stays reachable while they run.</remarks>
internal sealed unsafe partial class CpuStream(CpuAccelerator accelerator) : AcceleratorStream(accelerator)
{
    // 128 KiB of floats: long enough that handing out a block costs nothing, short enough to share small tensors among cores.
    private const int BlockLength = 1 << 15;

    private readonly CpuThreads _threads = accelerator.Threads;
    private readonly OpenBlas? _blas = accelerator.Blas;

    public override void Synchronize()
    {
        // Nothing is ever left to do.
    }

    private protected override void CopyFromCPUCore(ReadOnlySpan<byte> source, ArrayView<byte> target) =>
        source.CopyTo(Span(target, 0, source.Length));

    private protected override void CopyToCPUCore(ArrayView<byte> source, Span<byte> target) => Span(source, 0, target.Length).CopyTo(target);

    private protected override void CopyFromHostAsyncCore(nint source, ArrayView<byte> target) =>
        Buffer.MemoryCopy((void*)source, Pointer(target), target.Length, target.Length);

    private protected override void CopyToHostAsyncCore(ArrayView<byte> source, nint target) =>
        Buffer.MemoryCopy(Pointer(source), (void*)target, source.Length, source.Length);

    private protected override void CopyCore(ArrayView<byte> source, ArrayView<byte> target) =>
        Buffer.MemoryCopy(Pointer(source), Pointer(target), target.Length, source.Length);

    private protected override void MemSetToZeroCore(ArrayView<byte> target) =>
        _threads.ForBlocks(target.Length, BlockLength * sizeof(float), (start, length) => Span(target, start, length).Clear());

    private protected override ProfilingMarker AddProfilingMarkerCore() => new CpuMarker();

    private protected override void DisposeQueue()
    {
        // Holds nothing.
    }

    private static T* Pointer<T>(ArrayView<T> view)
        where T : unmanaged =>
        (T*)(view.Buffer!.NativePtr + (nint)view.OffsetInBytes);

    private static Span<T> Span<T>(ArrayView<T> view, long start, int length)
        where T : unmanaged =>
        new(Pointer(view) + start, length);
}
