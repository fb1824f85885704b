using System.Numerics.Tensors;
using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cpu;

/// <content>Kernels that give one value for many elements: one for each block, then over the blocks in order.</content>
internal sealed unsafe partial class CpuStream
{
    private const int SumColumns = 256;

    private protected override double DotCore(ArrayView<float> x, ArrayView<float> y)
    {
        double sum = 0;
        foreach (var part in ForParts(x.Length, (start, length) => ReductionBlocks.Dot(Pointer(x) + start, Pointer(y) + start, length)))
            sum += part;
        return sum;
    }

    private protected override float MaxMagnitudeCore(ArrayView<float> x)
    {
        float maximum = 0;
        foreach (var part in ForParts(x.Length, (start, length) => Math.Abs(TensorPrimitives.MaxMagnitude(Span(x, start, length)))))
            maximum = Math.Max(maximum, part);
        return maximum;
    }

    private protected override long CountNonFiniteCore(ArrayView<byte> elements, DataType type) =>
        ForParts(elements.Length / type.Size(), (start, length) =>
        {
            var first = Pointer(elements) + (start * type.Size());
            return type switch
            {
                DataType.F64 => ReductionBlocks.CountExponent((ulong*)first, length, 0x7ff0_0000_0000_0000ul),
                DataType.F32 => ReductionBlocks.CountExponent((uint*)first, length, 0x7f80_0000u),
                DataType.F16 => ReductionBlocks.CountExponent<ushort>((ushort*)first, length, 0x7c00),
                _ => ReductionBlocks.CountExponent<ushort>((ushort*)first, length, 0x7f80),
            };
        }).Sum();

    private protected override void SumRowsCore(ArrayView<float> matrix, ArrayView<float> row)
    {
        var columns = row.Length;
        _threads.ForBlocks(columns, SumColumns, (start, length) =>
        {
            Span<double> sums = stackalloc double[SumColumns];
            sums.Clear();
            for (var i = start; i < matrix.Length; i += columns)
            {
                var part = Span(matrix, i, length);
                for (var j = 0; j < length; j++)
                    sums[j] += part[j];
            }
            var total = Span(row, start, length);
            for (var j = 0; j < length; j++)
                total[j] = (float)sums[j];
        });
    }

    /// <summary>What the body gives for every block, in order.</summary>
    private T[] ForParts<T>(long length, Func<long, int, T> body)
    {
        var parts = new T[(length + BlockLength - 1) / BlockLength];
        _threads.ForBlocks(length, BlockLength, (start, count) => parts[start / BlockLength] = body(start, count));
        return parts;
    }
}
