namespace Hearth.Compute.Accelerators;

/// <content>The weighted fold of updates.</content>
public abstract partial class AcceleratorStream
{
    /// <summary>accumulator += Σ weight · input, in one pass over the accumulator and in the order of the inputs.</summary>
    /// <remarks>Weights and sums are 32-bit floats: enough for some hundreds of updates of like sign.
    /// Where terms cancel, fold into 64-bit floats.</remarks>
    /// <exception cref="ArgumentException">An input's type cannot be folded, or its length is not the accumulator's.</exception>
    public void Fold(ReadOnlySpan<FoldInput> inputs, ArrayView<float> accumulator)
    {
        Use(accumulator);
        CheckInputs(inputs, accumulator.Length);
        FoldCore(inputs, accumulator);
    }

    /// <summary>As <see cref="Fold(ReadOnlySpan{FoldInput}, ArrayView{float})"/>, with weights and sums in 64-bit floats.</summary>
    /// <exception cref="ArgumentException">An input's type cannot be folded, or its length is not the accumulator's.</exception>
    public void Fold(ReadOnlySpan<FoldInput> inputs, ArrayView<double> accumulator)
    {
        Use(accumulator);
        CheckInputs(inputs, accumulator.Length);
        FoldCore(inputs, accumulator);
    }

    /// <summary>target = factor · source, rounded once: ends a fold into 64-bit floats.</summary>
    public void Narrow(double factor, ArrayView<double> source, ArrayView<float> target)
    {
        Use(source);
        Use(target);
        Same(source.Length, target.Length);
        NarrowCore(factor, source, target);
    }

    private protected abstract void FoldCore(ReadOnlySpan<FoldInput> inputs, ArrayView<float> accumulator);

    private protected abstract void FoldCore(ReadOnlySpan<FoldInput> inputs, ArrayView<double> accumulator);

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
