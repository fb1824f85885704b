namespace Hearth.Compute.Accelerators;

/// <content>8-bit integers for floats. Every device gives the same bits.</content>
public abstract partial class AcceleratorStream
{
    /// <summary>result = x / scale, rounded to a whole number in [-127, 127]; NaN becomes 0.</summary>
    /// <param name="scale">What one step stands for, positive: the largest magnitude divided by 127 keeps everything in range.</param>
    /// <param name="seed">Seed of stochastic rounding, which is right on average (QSGD, NeurIPS 2017): element i goes up where a number drawn from
    /// seed and i (splitmix64) falls below what is cut off. Null rounds to the nearest, ties to even.</param>
    /// <param name="x">The floats.</param>
    /// <param name="result">Their integers.</param>
    public void Quantize(float scale, ulong? seed, ArrayView<float> x, ArrayView<sbyte> result)
    {
        Use(x);
        Use(result);
        Same(x.Length, result.Length);
        CheckScale(scale);
        QuantizeCore(1 / scale, seed, x, result);
    }

    /// <summary>result = scale · x.</summary>
    public void Dequantize(float scale, ArrayView<sbyte> x, ArrayView<float> result)
    {
        Use(x);
        Use(result);
        Same(x.Length, result.Length);
        CheckScale(scale);
        DequantizeCore(scale, x, result);
    }

    private protected abstract void QuantizeCore(float inverseScale, ulong? seed, ArrayView<float> x, ArrayView<sbyte> result);

    private protected abstract void DequantizeCore(float scale, ArrayView<sbyte> x, ArrayView<float> result);

    private static void CheckScale(float scale)
    {
        if (!(scale > 0 && float.IsFinite(scale)))
            throw new ArgumentOutOfRangeException(nameof(scale), scale, "A scale is positive and finite; where all elements are 0, any will do.");
    }
}
