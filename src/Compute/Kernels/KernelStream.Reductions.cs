using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Kernels;

/// <content>Kernels that give one value for many elements: one for each block, then over the blocks in order, on the host.</content>
internal abstract partial class KernelStream
{
    // As in reductions.cl.
    private const int ReductionBlock = 32_768;
    private const int SumBlockRows = 512;

    private static readonly KernelProgram ReductionProgram = new("reductions");

    private protected override double DotCore(ArrayView<float> x, ArrayView<float> y)
    {
        var parts = Scratch<double>(Blocks(x.Length, ReductionBlock));
        LaunchBlocks(ReductionProgram, "dot_blocks", parts.Length, x, y, x.Length, parts, parts.Length);
        double sum = 0;
        foreach (var part in ReadParts(parts))
            sum += part;
        return sum;
    }

    private protected override float MaxMagnitudeCore(ArrayView<float> x)
    {
        var parts = Scratch<uint>(Blocks(x.Length, ReductionBlock));
        LaunchBlocks(ReductionProgram, "max_magnitude_blocks", parts.Length, x, x.Length, parts, parts.Length);
        return BitConverter.UInt32BitsToSingle(ReadParts(parts).Append(0u).Max());
    }

    private protected override long CountNonFiniteCore(ArrayView<byte> elements, DataType type)
    {
        var length = elements.Length / type.Size();
        var exponent = type switch
        {
            DataType.F64 => 0x7ff0u,
            DataType.F16 => 0x7c00u,
            _ => 0x7f80u,
        };
        var parts = Scratch<uint>(Blocks(length, ReductionBlock));
        LaunchBlocks(
            ReductionProgram, "count_exponent_blocks", parts.Length, elements, length, (uint)type.Size(), exponent, parts, parts.Length);
        return ReadParts(parts).Sum(part => (long)part);
    }

    private protected override void SumRowsCore(ArrayView<float> matrix, ArrayView<float> row)
    {
        var (rows, columns) = (matrix.Length / row.Length, row.Length);
        var blocks = Blocks(rows, SumBlockRows);
        var parts = Scratch<double>(blocks * columns);
        LaunchBlocks(ReductionProgram, "sum_rows_blocks", Blocks(parts.Length, GroupSize), matrix, rows, columns, (long)SumBlockRows, parts);
        LaunchBlocks(ReductionProgram, "sum_rows_end", Blocks(columns, GroupSize), parts, blocks, columns, row);
    }

    private T[] ReadParts<T>(ArrayView<T> parts)
        where T : unmanaged
    {
        var values = new T[parts.Length];
        if (values.Length > 0)
            CopyToCPU(parts, values.AsSpan());
        return values;
    }
}
