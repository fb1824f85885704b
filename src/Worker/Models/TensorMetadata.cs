using System.Collections.Immutable;
using Hearth.Compute;

namespace Hearth.Worker.Models;

/// <summary>An input or output of a model.</summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Dimensions">Its dimensions, -1 for one that any request may choose.</param>
/// <param name="SymbolicDimensions">Names of the dimensions, empty where they have none.</param>
internal sealed record TensorMetadata(string Name, DataType Type, ImmutableArray<long> Dimensions, ImmutableArray<string> SymbolicDimensions)
{
    /// <summary>Whether a tensor of <paramref name="shape"/> fits.</summary>
    public bool Accepts(TensorShape shape)
    {
        if (shape.Rank != Dimensions.Length)
            return false;
        for (var i = 0; i < Dimensions.Length; i++)
        {
            if (Dimensions[i] >= 0 && Dimensions[i] != shape.Dimensions[i])
                return false;
        }
        return true;
    }
}
