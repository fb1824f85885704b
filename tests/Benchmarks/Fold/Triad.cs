using System.Runtime.Intrinsics;
using Hearth.Compute;
using Hearth.Compute.Cpu;

namespace Hearth.Benchmarks.Fold;

/// <summary>STREAM's triad (McCalpin), a = b + s · c over arrays beyond every cache: 12 bytes of traffic an element, the bandwidth that memory gives.</summary>
/// <remarks>Once with stores that bypass the caches and once with usual ones, which read what they overwrite: which is faster depends on the machine.</remarks>
internal sealed unsafe class Triad : IDisposable
{
    private const int BlockLength = 1 << 15;
    private const float Factor = 3;

    private readonly long _length;
    private readonly CpuThreads _threads = new(Environment.ProcessorCount);
    private readonly HostBuffer _a;
    private readonly HostBuffer _b;
    private readonly HostBuffer _c;

    public Triad(long elements)
    {
        _length = elements;
        (_a, _b, _c) = (Make(), Make(), Make());
    }

    public void RunBypassing() => _threads.ForBlocks(_length, BlockLength, (start, length) =>
    {
        var a = (float*)_a.Address + start;
        var b = (float*)_b.Address + start;
        var c = (float*)_c.Address + start;
        for (var i = 0; i < length; i += Vector512<float>.Count)
            Vector512.FusedMultiplyAdd(Vector512.Create(Factor), Vector512.Load(c + i), Vector512.Load(b + i)).StoreAlignedNonTemporal(a + i);
    });

    public void RunCached() => _threads.ForBlocks(_length, BlockLength, (start, length) =>
    {
        var a = (float*)_a.Address + start;
        var b = (float*)_b.Address + start;
        var c = (float*)_c.Address + start;
        for (var i = 0; i < length; i += Vector512<float>.Count)
            Vector512.FusedMultiplyAdd(Vector512.Create(Factor), Vector512.Load(c + i), Vector512.Load(b + i)).StoreAligned(a + i);
    });

    public void Dispose()
    {
        _threads.Dispose();
        _a.Dispose();
        _b.Dispose();
        _c.Dispose();
    }

    /// <summary>An array, written once so that its pages are there; its last vector may reach beyond the length.</summary>
    private HostBuffer Make()
    {
        var array = HostBuffer.Allocate((_length + Vector512<float>.Count) * sizeof(float));
        _threads.ForBlocks(array.Length, BlockLength, (start, length) => array.AsSpan(start, length).Fill(1));
        return array;
    }
}
