using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cpu;

/// <content>The weighted fold: a block of the accumulator stays in the first-level cache while all inputs pass by, a group at a time.</content>
internal sealed unsafe partial class CpuStream
{
    // 16 KiB of floats: half of a first-level cache, the other half being for what passes by.
    private const int FoldBlock = 4096;
    private const int FoldBlockBytes = FoldBlock * sizeof(float);
    private const int Alignment = 64;

    // Sums that a core's own caches do not keep are written past them: overwriting a line then needs no read of it.
    private const long StreamedBytes = 8 << 20;

    private protected override void FoldCore(ReadOnlySpan<FoldInput> inputs, ArrayView<float> accumulator, bool overwrite)
    {
        var groups = FoldGroup.Split(inputs);
        var streamed = overwrite && IsStreamed((nuint)Pointer(accumulator), accumulator.LengthInBytes);
        _threads.ForBlocks(accumulator.Length, FoldBlock, (start, length) =>
        {
            var sums = Pointer(accumulator) + start;
            if (!streamed)
            {
                if (overwrite)
                    new Span<float>(sums, length).Clear();
                foreach (var group in groups)
                    FoldGroupInto(group, start, sums, length);
                return;
            }
            var memory = stackalloc byte[FoldBlockBytes + Alignment];
            var block = AlignedBlock(memory);
            new Span<byte>(block, FoldBlockBytes).Clear();
            foreach (var group in groups)
                FoldGroupInto(group, start, (float*)block, length);
            StreamOut(block, (byte*)sums, length * sizeof(float));
        });
    }

    private protected override void FoldCore(ReadOnlySpan<FoldInput> inputs, ArrayView<double> accumulator, bool overwrite)
    {
        var groups = FoldGroup.Split(inputs);
        var streamed = overwrite && IsStreamed((nuint)Pointer(accumulator), accumulator.LengthInBytes);
        _threads.ForBlocks(accumulator.Length, FoldBlock / 2, (start, length) =>
        {
            var sums = Pointer(accumulator) + start;
            if (!streamed)
            {
                if (overwrite)
                    new Span<double>(sums, length).Clear();
                foreach (var group in groups)
                    FoldGroupInto(group, start, sums, length);
                return;
            }
            var memory = stackalloc byte[FoldBlockBytes + Alignment];
            var block = AlignedBlock(memory);
            new Span<byte>(block, FoldBlockBytes).Clear();
            foreach (var group in groups)
                FoldGroupInto(group, start, (double*)block, length);
            StreamOut(block, (byte*)sums, length * sizeof(double));
        });
    }

    private protected override void NarrowCore(double factor, ArrayView<double> source, ArrayView<float> target) =>
        _threads.ForBlocks(target.Length, BlockLength, (start, length) => NarrowBlock(factor, Pointer(source) + start, Pointer(target) + start, length));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void NarrowBlock(double factor, double* source, float* target, int length)
    {
        var i = 0;
        for (; i <= length - Vector256<float>.Count; i += Vector256<float>.Count)
            Vector256.Narrow(Vector256.Load(source + i) * factor, Vector256.Load(source + i + Vector256<double>.Count) * factor).Store(target + i);
        for (; i < length; i++)
            target[i] = (float)(source[i] * factor);
    }

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

    private static bool IsStreamed(nuint address, long bytes) => bytes >= StreamedBytes && address % (nuint)Vector256<byte>.Count == 0;

    private static byte* AlignedBlock(byte* memory) => memory + (Alignment - ((nuint)memory % Alignment));

    /// <summary>Writes a block past the caches. What ends the loop over blocks orders these stores before what follows, as any locked instruction does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void StreamOut(byte* block, byte* target, int length)
    {
        var i = 0;
        for (; i <= length - Vector256<byte>.Count; i += Vector256<byte>.Count)
            Vector256.Load(block + i).StoreAlignedNonTemporal(target + i);
        for (; i < length; i++)
            target[i] = block[i];
    }

    private static void Locate(FoldGroup group, long start, byte** inputs)
    {
        for (var i = 0; i < group.Elements.Length; i++)
            inputs[i] = Pointer(group.Elements[i]) + (start * group.Type.Size());
    }
}
