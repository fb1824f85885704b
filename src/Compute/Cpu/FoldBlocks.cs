using System.Runtime.Intrinsics;

namespace Hearth.Compute.Cpu;

/// <summary>accumulator += weight · input for a block of elements.</summary>
internal static unsafe class FoldBlocks
{
    private const int Lanes = 8;

    public static void Fold(DataType type, byte* input, float weight, float* accumulator, int length)
    {
        switch (type)
        {
            case DataType.F64: Fold<F64Elements>(input, weight, accumulator, length); break;
            case DataType.F32: Fold<F32Elements>(input, weight, accumulator, length); break;
            case DataType.F16: Fold<F16Elements>(input, weight, accumulator, length); break;
            case DataType.BF16: Fold<BF16Elements>(input, weight, accumulator, length); break;
            case DataType.I8: Fold<I8Elements>(input, weight, accumulator, length); break;
            default: throw new ArgumentOutOfRangeException(nameof(type), type, null);
        }
    }

    public static void Fold(DataType type, byte* input, double weight, double* accumulator, int length)
    {
        switch (type)
        {
            case DataType.F64: Fold<F64Elements>(input, weight, accumulator, length); break;
            case DataType.F32: Fold<F32Elements>(input, weight, accumulator, length); break;
            case DataType.F16: Fold<F16Elements>(input, weight, accumulator, length); break;
            case DataType.BF16: Fold<BF16Elements>(input, weight, accumulator, length); break;
            case DataType.I8: Fold<I8Elements>(input, weight, accumulator, length); break;
            default: throw new ArgumentOutOfRangeException(nameof(type), type, null);
        }
    }

    private static void Fold<TElements>(byte* input, float weight, float* accumulator, int length)
        where TElements : struct, IVectorElements
    {
        var factor = Vector256.Create(weight);
        var i = 0;
        for (; i <= length - Lanes; i += Lanes)
            Vector256.FusedMultiplyAdd(factor, TElements.Load(input + (i * TElements.Size)), Vector256.Load(accumulator + i)).Store(accumulator + i);
        if (i == length)
            return;
        // The last elements are folded in full vectors beside the memory, which ends here.
        var rest = stackalloc byte[Lanes * sizeof(double)];
        new ReadOnlySpan<byte>(input + (i * TElements.Size), (length - i) * TElements.Size).CopyTo(new Span<byte>(rest, Lanes * sizeof(double)));
        var sums = stackalloc float[Lanes];
        new ReadOnlySpan<float>(accumulator + i, length - i).CopyTo(new Span<float>(sums, Lanes));
        Vector256.FusedMultiplyAdd(factor, TElements.Load(rest), Vector256.Load(sums)).Store(sums);
        new ReadOnlySpan<float>(sums, length - i).CopyTo(new Span<float>(accumulator + i, length - i));
    }

    private static void Fold<TElements>(byte* input, double weight, double* accumulator, int length)
        where TElements : struct, IVectorElements
    {
        var factor = Vector256.Create(weight);
        var i = 0;
        for (; i <= length - Lanes; i += Lanes)
            Add<TElements>(input + (i * TElements.Size), factor, accumulator + i);
        if (i == length)
            return;
        var rest = stackalloc byte[Lanes * sizeof(double)];
        new ReadOnlySpan<byte>(input + (i * TElements.Size), (length - i) * TElements.Size).CopyTo(new Span<byte>(rest, Lanes * sizeof(double)));
        var sums = stackalloc double[Lanes];
        new ReadOnlySpan<double>(accumulator + i, length - i).CopyTo(new Span<double>(sums, Lanes));
        Add<TElements>(rest, factor, sums);
        new ReadOnlySpan<double>(sums, length - i).CopyTo(new Span<double>(accumulator + i, length - i));
    }

    private static void Add<TElements>(byte* input, Vector256<double> factor, double* accumulator)
        where TElements : struct, IVectorElements
    {
        var (lower, upper) = TElements.LoadWide(input);
        Vector256.FusedMultiplyAdd(factor, lower, Vector256.Load(accumulator)).Store(accumulator);
        Vector256.FusedMultiplyAdd(factor, upper, Vector256.Load(accumulator + (Lanes / 2))).Store(accumulator + (Lanes / 2));
    }
}
