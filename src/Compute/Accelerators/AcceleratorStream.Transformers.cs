namespace Hearth.Compute.Accelerators;

/// <content>What transformers need beside products of matrices.</content>
public abstract partial class AcceleratorStream
{
    /// <summary>result = (x - mean) / √(variance + epsilon) · gain + bias for every row, of as many elements as gain (Ba et al., 2016).</summary>
    /// <param name="epsilon">Keeps the quotient finite; positive. The usual value is 1e-5.</param>
    /// <param name="gain">One for each column.</param>
    /// <param name="bias">One for each column.</param>
    /// <param name="x">Rows.</param>
    /// <param name="result">As many rows.</param>
    public void LayerNorm(float epsilon, ArrayView<float> gain, ArrayView<float> bias, ArrayView<float> x, ArrayView<float> result)
    {
        Use(gain);
        Use(bias);
        Use(x);
        Use(result);
        Same(gain.Length, bias.Length);
        Same(x.Length, result.Length);
        CheckRows(gain.Length, x.Length);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epsilon);
        LayerNormCore(epsilon, gain, bias, x, result);
    }

    /// <summary>result = softmax(scale · queries · keysᵀ) · values for every head (Vaswani et al., NeurIPS 2017). The scores are never held at once.</summary>
    /// <remarks>A query that sees no key gets zeros. The result must be none of the others.</remarks>
    /// <exception cref="ArgumentException">A view has another number of elements than the shape says.</exception>
    public void Attention(
        AttentionShape shape, ArrayView<float> queries, ArrayView<float> keys, ArrayView<float> values, ArrayView<float> result)
    {
        Use(queries);
        Use(keys);
        Use(values);
        Use(result);
        if (shape.Keys > int.MaxValue
            || !TensorShape.TryCreate([shape.Heads, shape.Queries, shape.Width], out var shapeQ)
            || !TensorShape.TryCreate([shape.Heads, shape.Keys, shape.Width], out var shapeK))
        {
            throw new ArgumentOutOfRangeException(
                nameof(shape), shape, $"Sizes are not negative, their products fit in 64 bits, and there are at most {int.MaxValue} keys.");
        }
        Same(shapeQ.ElementCount, queries.Length, nameof(queries));
        Same(shapeK.ElementCount, keys.Length, nameof(keys));
        Same(shapeK.ElementCount, values.Length, nameof(values));
        Same(shapeQ.ElementCount, result.Length, nameof(result));
        if (result.Length > 0)
            AttentionCore(shape, queries, keys, values, result);
    }

    private protected abstract void LayerNormCore(
        float epsilon, ArrayView<float> gain, ArrayView<float> bias, ArrayView<float> x, ArrayView<float> result);

    private protected abstract void AttentionCore(
        AttentionShape shape, ArrayView<float> queries, ArrayView<float> keys, ArrayView<float> values, ArrayView<float> result);
}
