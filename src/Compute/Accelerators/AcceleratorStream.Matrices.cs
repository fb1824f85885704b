namespace Hearth.Compute.Accelerators;

/// <content>Products of matrices.</content>
public abstract partial class AcceleratorStream
{
    /// <summary>c = alpha · a · b + beta · c. Where beta is 0, c is written without being read.</summary>
    /// <exception cref="ArgumentException">A view has another number of elements than its matrix, or c is one of the others.</exception>
    public void Gemm(GemmShape shape, float alpha, ArrayView<float> a, ArrayView<float> b, float beta, ArrayView<float> c)
    {
        Use(a);
        Use(b);
        Use(c);
        if (!TensorShape.TryCreate([shape.Rows, shape.Depth], out var shapeA)
            || !TensorShape.TryCreate([shape.Depth, shape.Columns], out var shapeB)
            || !TensorShape.TryCreate([shape.Rows, shape.Columns], out var shapeC))
        {
            throw new ArgumentOutOfRangeException(nameof(shape), shape, "Sizes are not negative and their products fit in 64 bits.");
        }
        Same(shapeA.ElementCount, a.Length, nameof(a));
        Same(shapeB.ElementCount, b.Length, nameof(b));
        Same(shapeC.ElementCount, c.Length, nameof(c));
        if (shapeC.ElementCount > 0)
            GemmCore(shape, alpha, a, b, beta, c);
    }

    private protected abstract void GemmCore(GemmShape shape, float alpha, ArrayView<float> a, ArrayView<float> b, float beta, ArrayView<float> c);
}
