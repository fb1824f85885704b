using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Hearth.Compute.Cpu;

/// <summary>Reductions of a block, always in the same lanes, whatever the hardware: the order of a sum is part of its result.</summary>
internal static unsafe class ReductionBlocks
{
    private const int ScratchLength = 512;

    public static double Sum(ReadOnlySpan<float> x)
    {
        var (lower, upper) = (Vector256<double>.Zero, Vector256<double>.Zero);
        var rest = x;
        for (; rest.Length >= Vector256<float>.Count; rest = rest[Vector256<float>.Count..])
        {
            var (low, high) = Vector256.Widen(Vector256.Create(rest));
            lower += low;
            upper += high;
        }
        var sum = Vector256.Sum(lower + upper);
        foreach (var element in rest)
            sum += element;
        return sum;
    }

    public static double SumOfExponentials(ReadOnlySpan<float> x)
    {
        Span<float> scratch = stackalloc float[ScratchLength];
        double sum = 0;
        for (var rest = x; !rest.IsEmpty;)
        {
            var part = scratch[..Math.Min(rest.Length, ScratchLength)];
            TensorPrimitives.Exp(rest[..part.Length], part);
            sum += Sum(part);
            rest = rest[part.Length..];
        }
        return sum;
    }

    public static double Dot(float* x, float* y, int length)
    {
        var (lower, upper) = (Vector256<double>.Zero, Vector256<double>.Zero);
        var i = 0;
        for (; i <= length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var (xLow, xHigh) = Vector256.Widen(Vector256.Load(x + i));
            var (yLow, yHigh) = Vector256.Widen(Vector256.Load(y + i));
            lower = Vector256.FusedMultiplyAdd(xLow, yLow, lower);
            upper = Vector256.FusedMultiplyAdd(xHigh, yHigh, upper);
        }
        var sum = Vector256.Sum(lower + upper);
        for (; i < length; i++)
            sum += (double)x[i] * y[i];
        return sum;
    }

    /// <summary>Number of elements whose exponent has every bit set.</summary>
    public static long CountExponent<TBits>(TBits* elements, int length, TBits exponent)
        where TBits : unmanaged, IBinaryInteger<TBits>
    {
        var mask = Vector256.Create(exponent);
        long count = 0;
        var i = 0;
        for (; i <= length - Vector256<TBits>.Count; i += Vector256<TBits>.Count)
        {
            var found = Vector256.Equals(Vector256.Load(elements + i) & mask, mask);
            if (found != Vector256<TBits>.Zero)
                count += BitOperations.PopCount(found.ExtractMostSignificantBits());
        }
        for (; i < length; i++)
        {
            if ((elements[i] & exponent) == exponent)
                count++;
        }
        return count;
    }
}
