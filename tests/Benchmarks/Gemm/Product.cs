using Hearth.Compute.Accelerators;

namespace Hearth.Benchmarks.Gemm;

/// <summary>Matrices on an accelerator.</summary>
internal sealed class Product : IDisposable
{
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

    public void Run()
    {
        _stream.Gemm(_shape, 1, _a.View, _b.View, 0, _c.View);
        _stream.Synchronize();
    }

    public void RunBy(IGemmPeer peer)
    {
        peer.Multiply(_stream, _shape, _a.View, _b.View, _c.View);
        _stream.Synchronize();
    }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
        _c.Dispose();
    }
}
