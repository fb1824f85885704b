namespace Hearth.Compute.Accelerators;

/// <content>Kernels that treat elements, or rows of them, alike.</content>
public abstract partial class AcceleratorStream
{
    /// <summary>x *= factor.</summary>
    public void Scale(float factor, ArrayView<float> x)
    {
        Use(x);
        ScaleCore(factor, x);
    }

    /// <summary>y += factor · x, each sum rounded once.</summary>
    public void Axpy(float factor, ArrayView<float> x, ArrayView<float> y)
    {
        Use(x);
        Use(y);
        Same(x.Length, y.Length);
        AxpyCore(factor, x, y);
    }

    /// <summary>result = x + y.</summary>
    public void Add(ArrayView<float> x, ArrayView<float> y, ArrayView<float> result)
    {
        UseAlike(x, y, result);
        AddCore(x, y, result);
    }

    /// <summary>result = x · y, element by element.</summary>
    public void Multiply(ArrayView<float> x, ArrayView<float> y, ArrayView<float> result)
    {
        UseAlike(x, y, result);
        MultiplyCore(x, y, result);
    }

    /// <summary>Brings x into [minimum, maximum].</summary>
    public void Clamp(float minimum, float maximum, ArrayView<float> x)
    {
        Use(x);
        if (!(minimum <= maximum))
            throw new ArgumentException($"The range [{minimum}, {maximum}] is empty.", nameof(maximum));
        ClampCore(minimum, maximum, x);
    }

    /// <summary>result = max(x, 0).</summary>
    public void Relu(ArrayView<float> x, ArrayView<float> result)
    {
        Use(x);
        Use(result);
        Same(x.Length, result.Length);
        ReluCore(x, result);
    }

    /// <summary>result = gradient where the output of <see cref="Relu"/> is positive, else 0.</summary>
    public void ReluGradient(ArrayView<float> output, ArrayView<float> gradient, ArrayView<float> result)
    {
        UseAlike(output, gradient, result);
        ReluGradientCore(output, gradient, result);
    }

    /// <summary>Adds a row to every row of a matrix.</summary>
    public void AddRow(ArrayView<float> row, ArrayView<float> matrix)
    {
        Use(row);
        Use(matrix);
        CheckRows(row.Length, matrix.Length);
        AddRowCore(row, matrix);
    }

    /// <summary>Softmax of every row, by the row's maximum, so that no exponential overflows.</summary>
    public void Softmax(long columns, ArrayView<float> x, ArrayView<float> result)
    {
        Use(x);
        Use(result);
        Same(x.Length, result.Length);
        CheckRows(columns, x.Length);
        SoftmaxCore(columns, x, result);
    }

    /// <summary>Logarithm of the softmax of every row.</summary>
    public void LogSoftmax(long columns, ArrayView<float> x, ArrayView<float> result)
    {
        Use(x);
        Use(result);
        Same(x.Length, result.Length);
        CheckRows(columns, x.Length);
        LogSoftmaxCore(columns, x, result);
    }

    private protected abstract void ScaleCore(float factor, ArrayView<float> x);

    private protected abstract void AxpyCore(float factor, ArrayView<float> x, ArrayView<float> y);

    private protected abstract void AddCore(ArrayView<float> x, ArrayView<float> y, ArrayView<float> result);

    private protected abstract void MultiplyCore(ArrayView<float> x, ArrayView<float> y, ArrayView<float> result);

    private protected abstract void ClampCore(float minimum, float maximum, ArrayView<float> x);

    private protected abstract void ReluCore(ArrayView<float> x, ArrayView<float> result);

    private protected abstract void ReluGradientCore(ArrayView<float> output, ArrayView<float> gradient, ArrayView<float> result);

    private protected abstract void AddRowCore(ArrayView<float> row, ArrayView<float> matrix);

    private protected abstract void SoftmaxCore(long columns, ArrayView<float> x, ArrayView<float> result);

    private protected abstract void LogSoftmaxCore(long columns, ArrayView<float> x, ArrayView<float> result);

    private void UseAlike(ArrayView<float> x, ArrayView<float> y, ArrayView<float> result)
    {
        Use(x);
        Use(y);
        Use(result);
        Same(x.Length, y.Length);
        Same(x.Length, result.Length);
    }

    private static void CheckRows(long columns, long elements)
    {
        if (columns <= 0 || columns > int.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(columns), columns, $"A row has 1 to {int.MaxValue} elements.");
        if (elements % columns != 0)
            throw new ArgumentException($"{elements} elements are no whole number of rows of {columns}.", nameof(elements));
    }
}
