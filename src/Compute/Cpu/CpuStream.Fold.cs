using System.Runtime.Intrinsics;
using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cpu;

/// <content>The weighted fold: a block of the accumulator stays in the first-level cache while all inputs pass by.</content>
internal sealed unsafe partial class CpuStream
{
    // 8 KiB of floats: with as much of an input, half of a first-level cache.
    private const int FoldBlock = 2048;

    private protected override void FoldCore(ReadOnlySpan<FoldInput> inputs, ArrayView<float> accumulator)
    {
        var all = inputs.ToArray();
        _threads.ForBlocks(accumulator.Length, FoldBlock, (start, length) =>
        {
            foreach (var input in all)
                FoldBlocks.Fold(input.Type, Pointer(input.Elements) + (start * input.Type.Size()), (float)input.Weight, Pointer(accumulator) + start, length);
        });
    }

    private protected override void FoldCore(ReadOnlySpan<FoldInput> inputs, ArrayView<double> accumulator)
    {
        var all = inputs.ToArray();
        _threads.ForBlocks(accumulator.Length, FoldBlock, (start, length) =>
        {
            foreach (var input in all)
                FoldBlocks.Fold(input.Type, Pointer(input.Elements) + (start * input.Type.Size()), input.Weight, Pointer(accumulator) + start, length);
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
}
