namespace Hearth.Compute.Accelerators;

/// <content>Selection of the largest elements.</content>
public abstract partial class AcceleratorStream
{
    private const int DigitBits = 8;

    /// <summary>Selects as many elements of largest magnitude as <paramref name="indices"/> has places, in the order in which they stand in x.</summary>
    /// <remarks>Of equal magnitudes the first are taken. NaN counts as larger than infinity. A radix selection: four passes over the
    /// elements find the smallest magnitude that is taken, two more write.</remarks>
    /// <exception cref="ArgumentException">There are fewer elements than places.</exception>
    public void TopK(ArrayView<float> x, ArrayView<long> indices, ArrayView<float> values)
    {
        Use(x);
        Use(indices);
        Use(values);
        Same(indices.Length, values.Length);
        if (indices.Length > x.Length)
            throw new ArgumentException($"{indices.Length} of {x.Length} elements cannot be selected.", nameof(indices));
        if (indices.Length == 0)
            return;
        var (threshold, ties) = (0u, indices.Length);
        for (var shift = 32 - DigitBits; shift >= 0; shift -= DigitBits)
        {
            var counts = CountDigitsCore(x, threshold, shift);
            var digit = counts.Length - 1;
            for (; counts[digit] < ties; digit--)
                ties -= counts[digit];
            threshold = (threshold << DigitBits) | (uint)digit;
        }
        SelectCore(x, threshold, ties, indices, values);
    }

    /// <summary>Counts elements by a digit of their magnitude's bits.</summary>
    /// <param name="x">The elements.</param>
    /// <param name="prefix">Digits above it that an element must have to count.</param>
    /// <param name="shift">Bits below it.</param>
    /// <returns>256 counts.</returns>
    private protected abstract long[] CountDigitsCore(ArrayView<float> x, uint prefix, int shift);

    /// <summary>Writes the elements whose magnitude's bits are above the threshold, and the first so many of those that equal it.</summary>
    private protected abstract void SelectCore(ArrayView<float> x, uint threshold, long ties, ArrayView<long> indices, ArrayView<float> values);
}
