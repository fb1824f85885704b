namespace Hearth.Compute.Accelerators;

/// <content>Products of matrices of 16-bit floats.</content>
public abstract partial class AcceleratorStream
{
    /// <summary>As <see cref="Gemm(GemmShape, float, ArrayView{float}, ArrayView{float}, float, ArrayView{float})"/>, of factors of 16-bit floats,
    /// with sums in 32-bit floats: what tensor cores multiply.</summary>
    /// <remarks>A device without such cores widens the factors first, for which its budget must have room.</remarks>
    /// <param name="shape">Sizes.</param>
    /// <param name="type">Type of the factors: F16 or BF16.</param>
    /// <param name="alpha">What the product is multiplied with.</param>
    /// <param name="a">Elements of the left factor.</param>
    /// <param name="b">Elements of the right factor.</param>
    /// <param name="beta">What c is multiplied with; where it is 0, c is written without being read.</param>
    /// <param name="c">The result.</param>
    /// <exception cref="ArgumentException">The type is another, a view has another number of elements than its matrix, or c is one of the others.</exception>
    /// <exception cref="AcceleratorMemoryException">The widened factors do not fit.</exception>
    public void Gemm(GemmShape shape, DataType type, float alpha, ArrayView<byte> a, ArrayView<byte> b, float beta, ArrayView<float> c)
    {
        Use(a);
        Use(b);
        Use(c);
        if (type is not (DataType.F16 or DataType.BF16))
            throw new ArgumentException($"Factors of type {type} cannot be multiplied so; F16 and BF16 can.", nameof(type));
        var (lengthA, lengthB, lengthC) = CheckSizes(shape);
        Same(lengthA * type.Size(), a.Length, nameof(a));
        Same(lengthB * type.Size(), b.Length, nameof(b));
        Same(lengthC, c.Length, nameof(c));
        if (lengthC > 0)
            GemmCore(shape, type, alpha, a, b, beta, c);
    }

    private protected virtual void GemmCore(
        GemmShape shape, DataType type, float alpha, ArrayView<byte> a, ArrayView<byte> b, float beta, ArrayView<float> c)
    {
        using var wideA = Widen(type, a);
        using var wideB = Widen(type, b);
        GemmCore(shape, alpha, wideA.View, wideB.View, beta, c);
    }

    private MemoryBuffer<float> Widen(DataType type, ArrayView<byte> elements)
    {
        var wide = Accelerator.Allocate<float>(elements.Length / type.Size());
        MemSetToZero(wide.View);
        Fold([new FoldInput(elements, type, 1)], wide.View);
        return wide;
    }
}
