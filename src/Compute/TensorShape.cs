using System.Collections.Immutable;

namespace Hearth.Compute;

/// <summary>Dimensions of a tensor, outermost first; none for a scalar.</summary>
/// <remarks>Dimensions are not negative and their product, zeros left out, fits in 64 bits, so that nothing downstream needs to check again.</remarks>
public sealed class TensorShape : IEquatable<TensorShape>
{
    private TensorShape(ImmutableArray<long> dimensions, long elementCount)
    {
        Dimensions = dimensions;
        ElementCount = elementCount;
    }

    /// <summary>Shape of a single element.</summary>
    public static TensorShape Scalar { get; } = new([], 1);

    /// <summary>The dimensions, outermost first.</summary>
    public ImmutableArray<long> Dimensions { get; }

    /// <summary>Product of the dimensions; 1 for a scalar.</summary>
    public long ElementCount { get; }

    /// <summary>Number of dimensions.</summary>
    public int Rank => Dimensions.Length;

    /// <summary>Makes a shape.</summary>
    /// <exception cref="ArgumentException">A dimension is negative, or the element count does not fit in 64 bits.</exception>
    public static TensorShape Of(params ReadOnlySpan<long> dimensions) =>
        TryCreate(dimensions, out var shape)
            ? shape
            : throw new ArgumentException($"Shape {Format(dimensions)} has a negative dimension or more elements than 64 bits count.", nameof(dimensions));

    /// <summary>Makes a shape of dimensions that someone else chose; false where <see cref="Of"/> throws.</summary>
    public static bool TryCreate(ReadOnlySpan<long> dimensions, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TensorShape? shape)
    {
        shape = null;
        long count = 1;
        var empty = false;
        foreach (var dimension in dimensions)
        {
            if (dimension < 0)
                return false;
            if (dimension == 0)
                empty = true;
            else if (Math.BigMul(count, dimension, out count) != 0 || count < 0)
                return false;
        }
        shape = new TensorShape([.. dimensions], empty ? 0 : count);
        return true;
    }

    /// <summary>Writes dimensions as <c>[1,3,240,320]</c>.</summary>
    public static string Format(ReadOnlySpan<long> dimensions) =>
        $"[{string.Join(',', dimensions.ToArray().Select(d => d.ToString(System.Globalization.CultureInfo.InvariantCulture)))}]";

    /// <inheritdoc/>
    public bool Equals(TensorShape? other) => other is not null && Dimensions.AsSpan().SequenceEqual(other.Dimensions.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TensorShape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var dimension in Dimensions)
            hash.Add(dimension);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => Format(Dimensions.AsSpan());
}
