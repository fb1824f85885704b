using System.Runtime.Intrinsics;
using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cpu;

/// <content>The weighted fold: a block of the accumulator stays in the first-level cache while all inputs pass by, a group at a time.</content>
internal sealed unsafe partial class CpuStream
{
    // 16 KiB of floats: half of a first-level cache, the other half being for what passes by.
    private const int FoldBlock = 4096;

    private protected override void FoldCore(ReadOnlySpan<FoldInput> inputs, ArrayView<float> accumulator, bool overwrite)
    {
        var groups = FoldGroup.Split(inputs);
        _threads.ForBlocks(accumulator.Length, FoldBlock, (start, length) =>
        {
            var sums = Pointer(accumulator) + start;
            if (overwrite)
                new Span<float>(sums, length).Clear();
            foreach (var group in groups)
                FoldGroupInto(group, start, sums, length);
        });
    }

    private protected override void FoldCore(ReadOnlySpan<FoldInput> inputs, ArrayView<double> accumulator, bool overwrite)
    {
        var groups = FoldGroup.Split(inputs);
        _threads.ForBlocks(accumulator.Length, FoldBlock / 2, (start, length) =>
        {
            var sums = Pointer(accumulator) + start;
            if (overwrite)
                new Span<double>(sums, length).Clear();
            foreach (var group in groups)
                FoldGroupInto(group, start, sums, length);
        });
    }

    private protected override void NarrowCore(double factor, ArrayView<double> source, ArrayView<float> target) =>
        _threads.ForBlocks(target.Length, BlockLength, (start, length) =>
        {
            var x = Pointer(source) + start;
            var y = Pointer(target) + start;
            var i = 0;
            for (; i <= length - Vector256<float>.Count; i += Vector256<float>.Count)
                Vector256.Narrow(Vector256.Load(x + i) * factor, Vector256.Load(x + i + Vector256<double>.Count) * factor).Store(y + i);
            for (; i < length; i++)
                y[i] = (float)(x[i] * factor);
        });

    private static void FoldGroupInto(FoldGroup group, long start, float* sums, int length)
    {
        var inputs = stackalloc byte*[FoldGroup.MaxCount];
        Locate(group, start, inputs);
        switch (group.Type)
        {
            case DataType.F64: FoldBlocks<F64Elements>.Fold(inputs, group.Weights, sums, length); break;
            case DataType.F32: FoldBlocks<F32Elements>.Fold(inputs, group.Weights, sums, length); break;
            case DataType.F16: FoldBlocks<F16Elements>.Fold(inputs, group.Weights, sums, length); break;
            case DataType.BF16: FoldBlocks<BF16Elements>.Fold(inputs, group.Weights, sums, length); break;
            default: FoldBlocks<I8Elements>.Fold(inputs, group.Weights, sums, length); break;
        }
    }

    private static void FoldGroupInto(FoldGroup group, long start, double* sums, int length)
    {
        var inputs = stackalloc byte*[FoldGroup.MaxCount];
        Locate(group, start, inputs);
        switch (group.Type)
        {
            case DataType.F64: FoldBlocks<F64Elements>.Fold(inputs, group.Weights, sums, length); break;
            case DataType.F32: FoldBlocks<F32Elements>.Fold(inputs, group.Weights, sums, length); break;
            case DataType.F16: FoldBlocks<F16Elements>.Fold(inputs, group.Weights, sums, length); break;
            case DataType.BF16: FoldBlocks<BF16Elements>.Fold(inputs, group.Weights, sums, length); break;
            default: FoldBlocks<I8Elements>.Fold(inputs, group.Weights, sums, length); break;
        }
    }

    private static void Locate(FoldGroup group, long start, byte** inputs)
    {
        for (var i = 0; i < group.Elements.Length; i++)
            inputs[i] = Pointer(group.Elements[i]) + (start * group.Type.Size());
    }
}
