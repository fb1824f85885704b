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
        var (lengthA, lengthB, lengthC) = CheckSizes(shape);
        Same(lengthA, a.Length, nameof(a));
        Same(lengthB, b.Length, nameof(b));
        Same(lengthC, c.Length, nameof(c));
        if (lengthC > 0)
            GemmCore(shape, alpha, a, b, beta, c);
    }

    private protected abstract void GemmCore(GemmShape shape, float alpha, ArrayView<float> a, ArrayView<float> b, float beta, ArrayView<float> c);

    /// <summary>Numbers of elements.</summary>
    private static (long A, long B, long C) CheckSizes(GemmShape shape) =>
        TensorShape.TryCreate([shape.Rows, shape.Depth], out var a)
            && TensorShape.TryCreate([shape.Depth, shape.Columns], out var b)
            && TensorShape.TryCreate([shape.Rows, shape.Columns], out var c)
                ? (a.ElementCount, b.ElementCount, c.ElementCount)
                : throw new ArgumentOutOfRangeException(nameof(shape), shape, "Sizes are not negative and their products fit in 64 bits.");
}
