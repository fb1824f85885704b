using Hearth.Compute;
using Hearth.Compute.Accelerators;

namespace Hearth.Benchmarks.Gemm;

/// <summary>Matrices on an accelerator.</summary>
internal sealed class Product : IDisposable
{
    // A device's product may take no longer than to queue it and to wait for it.
    private const int DeviceRepeats = 20;

    private readonly AcceleratorStream _stream;
    private readonly GemmShape _shape;
    private readonly MemoryBuffer<float> _a;
    private readonly MemoryBuffer<float> _b;
    private readonly MemoryBuffer<float> _c;

    public Product(Accelerator accelerator, GemmShape shape)
    {
        (_stream, _shape) = (accelerator.DefaultStream, shape);
        (_a, _b, _c) = (Make(shape.Rows * shape.Depth), Make(shape.Depth * shape.Columns), Make(shape.Rows * shape.Columns));

        MemoryBuffer<float> Make(long length)
        {
            var random = new Random(1);
            var elements = new float[length];
            foreach (ref var element in elements.AsSpan())
                element = random.NextSingle() - 0.5f;
            var buffer = accelerator.Allocate<float>(length);
            _stream.CopyFromCPU<float>(elements, buffer.View);
            return buffer;
        }
    }

    /// <summary>Products of a run.</summary>
    public int Repeats => _stream.Accelerator.AcceleratorType == AcceleratorType.CPU ? 1 : DeviceRepeats;

    public void Run() => Repeat(() => _stream.Gemm(_shape, 1, _a.View, _b.View, 0, _c.View));

    /// <summary>With the same memory as factors of 16-bit floats.</summary>
    public void RunMixed(DataType type) => Repeat(() => _stream.Gemm(_shape, type, 1, HalfOf(_a), HalfOf(_b), 0, _c.View));

    public void RunBy(IGemmPeer peer) => Repeat(() => peer.Multiply(_shape, _a.View, _b.View, _c.View));

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
        _c.Dispose();
    }

    private static ArrayView<byte> HalfOf(MemoryBuffer<float> factor) => factor.View.Cast<byte>().SubView(0, factor.Length * sizeof(ushort));

    private void Repeat(Action multiply)
    {
        for (var i = 0; i < Repeats; i++)
            multiply();
        _stream.Accelerator.Synchronize();
    }
}
