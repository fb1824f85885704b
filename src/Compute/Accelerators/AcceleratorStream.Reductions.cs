namespace Hearth.Compute.Accelerators;

/// <content>Kernels that give one value for many elements. They wait for the work queued before.</content>
public abstract partial class AcceleratorStream
{
    /// <summary>Σ x · y, summed in 64-bit floats.</summary>
    public double Dot(ArrayView<float> x, ArrayView<float> y)
    {
        Use(x);
        Use(y);
        Same(x.Length, y.Length);
        return DotCore(x, y);
    }

    /// <summary>Euclidean length of x.</summary>
    public double Norm(ArrayView<float> x) => Math.Sqrt(Dot(x, x));

    /// <summary>Largest magnitude in x; 0 where there is none, NaN where there is one.</summary>
    public float MaxMagnitude(ArrayView<float> x)
    {
        Use(x);
        return MaxMagnitudeCore(x);
    }

    /// <summary>Number of elements that are NaN or infinite.</summary>
    /// <exception cref="ArgumentException">The type is none of F64, F32, F16, BF16.</exception>
    public long CountNonFinite(ArrayView<byte> elements, DataType type)
    {
        Use(elements);
        if (type is not (DataType.F64 or DataType.F32 or DataType.F16 or DataType.BF16))
            throw new ArgumentException($"Elements of type {type} cannot be scanned for NaN; F64, F32, F16 and BF16 can.", nameof(type));
        if (elements.Length % type.Size() != 0)
            throw new ArgumentException($"{elements.Length} bytes are no whole number of elements of type {type}.", nameof(elements));
        return CountNonFiniteCore(elements, type);
    }

    /// <summary>Scales x down to length <paramref name="maxNorm"/> where it is longer; returns the length it had.</summary>
    public double ClipNorm(double maxNorm, ArrayView<float> x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxNorm);
        var norm = Norm(x);
        if (norm > maxNorm)
            Scale((float)(maxNorm / norm), x);
        return norm;
    }

    /// <summary>row = the sum of a matrix's rows.</summary>
    public void SumRows(ArrayView<float> matrix, ArrayView<float> row)
    {
        Use(matrix);
        Use(row);
        CheckRows(row.Length, matrix.Length);
        SumRowsCore(matrix, row);
    }

    private protected abstract double DotCore(ArrayView<float> x, ArrayView<float> y);

    private protected abstract float MaxMagnitudeCore(ArrayView<float> x);

    private protected abstract long CountNonFiniteCore(ArrayView<byte> elements, DataType type);

    private protected abstract void SumRowsCore(ArrayView<float> matrix, ArrayView<float> row);
}
