namespace Hearth.Compute.Accelerators;

/// <content>The weighted fold of updates.</content>
public abstract partial class AcceleratorStream
{
    /// <summary>accumulator += Σ weight · input, in one pass over the accumulator and in the order of the inputs.</summary>
    /// <remarks>Weights and sums are 32-bit floats: enough for some hundreds of updates of like sign.
    /// Where terms cancel, fold into 64-bit floats.</remarks>
    /// <param name="inputs">What is folded.</param>
    /// <param name="accumulator">The sums.</param>
    /// <param name="overwrite">Whether the sums begin at zero, whatever the accumulator holds: spares a pass over it.</param>
    /// <exception cref="ArgumentException">An input's type cannot be folded, or its length is not the accumulator's.</exception>
    public void Fold(ReadOnlySpan<FoldInput> inputs, ArrayView<float> accumulator, bool overwrite = false)
    {
        Use(accumulator);
        CheckInputs(inputs, accumulator.Length);
        FoldCore(inputs, accumulator, overwrite);
    }

    /// <summary>As <see cref="Fold(ReadOnlySpan{FoldInput}, ArrayView{float}, bool)"/>, with weights and sums in 64-bit floats.</summary>
    /// <exception cref="ArgumentException">An input's type cannot be folded, or its length is not the accumulator's.</exception>
    public void Fold(ReadOnlySpan<FoldInput> inputs, ArrayView<double> accumulator, bool overwrite = false)
    {
        Use(accumulator);
        CheckInputs(inputs, accumulator.Length);
        FoldCore(inputs, accumulator, overwrite);
    }

    /// <summary>target = factor · source, rounded once: ends a fold into 64-bit floats.</summary>
    public void Narrow(double factor, ArrayView<double> source, ArrayView<float> target)
    {
        Use(source);
        Use(target);
        Same(source.Length, target.Length);
        NarrowCore(factor, source, target);
    }

    private protected abstract void FoldCore(ReadOnlySpan<FoldInput> inputs, ArrayView<float> accumulator, bool overwrite);

    private protected abstract void FoldCore(ReadOnlySpan<FoldInput> inputs, ArrayView<double> accumulator, bool overwrite);

    private protected abstract void NarrowCore(double factor, ArrayView<double> source, ArrayView<float> target);

    private void CheckInputs(ReadOnlySpan<FoldInput> inputs, long length)
    {
        foreach (var input in inputs)
        {
            Use(input.Elements, nameof(inputs));
            if (input.Type is not (DataType.F64 or DataType.F32 or DataType.F16 or DataType.BF16 or DataType.I8))
                throw new ArgumentException($"Elements of type {input.Type} cannot be folded; F64, F32, F16, BF16 and I8 can.", nameof(inputs));
            Same(length * input.Type.Size(), input.Elements.Length, nameof(inputs));
        }
    }
}
