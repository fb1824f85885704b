using System.Runtime.InteropServices;
using Hearth.Compute;
using Hearth.Compute.Accelerators;

namespace Hearth.Benchmarks.Fold;

/// <summary>Updates of a ResNet-152 on a device, of elements that NumPy can compute alike.</summary>
internal sealed class Updates : IDisposable
{
    /// <summary>Parameters of a ResNet-152.</summary>
    public const long Elements = 60_192_808;

    // A power of two, so that the multiple is exact in a float; see Element.
    private const float Unit = 1f / (1 << 28);
    private const int ChunkLength = 1 << 20;

    private readonly Accelerator _accelerator;
    private readonly MemoryBuffer<byte>[] _buffers;
    private DataType _type;

    public Updates(Accelerator accelerator, int count)
    {
        _accelerator = accelerator;
        _buffers = [.. Enumerable.Range(0, count).Select(_ => accelerator.Allocate<byte>(Elements * sizeof(float)))];
    }

    /// <summary>Examples behind an update.</summary>
    public static int Examples(int update) => 100 + (37 * update);

    /// <summary>The first updates, weighted by their share of the examples.</summary>
    public FoldInput[] Take(int count)
    {
        double total = Enumerable.Range(0, count).Sum(Examples);
        return
        [
            .. _buffers.Take(count).Select((buffer, i) =>
                new FoldInput(buffer.View.SubView(0, Elements * _type.Size()), _type, Examples(i) / total)),
        ];
    }

    /// <summary>Writes all updates as elements of a type.</summary>
    public void Fill(DataType type)
    {
        _type = type;
        Action<int, long, byte[]> write = type switch
        {
            DataType.F32 => (update, start, chunk) => Write<float>(update, start, chunk, x => x),
            DataType.F16 => (update, start, chunk) => Write<Half>(update, start, chunk, x => (Half)x),
            DataType.BF16 => (update, start, chunk) => Write<ushort>(update, start, chunk, x => (ushort)(BitConverter.SingleToUInt32Bits(x) >> 16)),
            DataType.I8 => (update, start, chunk) => Write<sbyte>(update, start, chunk, x => (sbyte)(x * 2000)),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
        };
        var bytes = new byte[ChunkLength * type.Size()];
        for (var update = 0; update < _buffers.Length; update++)
        {
            for (long start = 0; start < Elements; start += ChunkLength)
            {
                var length = (int)Math.Min(ChunkLength, Elements - start) * type.Size();
                write(update, start, bytes);
                _accelerator.DefaultStream.CopyFromCPU<byte>(bytes.AsSpan(0, length), _buffers[update].View.SubView(start * type.Size(), length));
            }
        }
    }

    public void Dispose() => Array.ForEach(_buffers, buffer => buffer.Dispose());

    /// <summary>A number within ±1/16, which every type holds and whose computation rounds nothing.</summary>
    private static float Element(int update, uint index) => ((int)(((index * 2_654_435_761u) + ((uint)update * 40_503u)) >> 7) - (1 << 24)) * Unit;

    private static void Write<T>(int update, long start, byte[] chunk, Func<float, T> convert)
        where T : unmanaged
    {
        var length = ChunkLength / Environment.ProcessorCount;
        Parallel.For(0, (ChunkLength + length - 1) / length, part =>
        {
            var elements = MemoryMarshal.Cast<byte, T>(chunk.AsSpan());
            for (var i = part * length; i < Math.Min((part + 1) * length, elements.Length); i++)
                elements[i] = convert(Element(update, (uint)(start + i)));
        });
    }
}
