using System.Collections.Immutable;
using Hearth.Compute;

namespace Hearth.Cli.Demos.Serving;

/// <summary>What a model says of one of its inputs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Dimensions">Its dimensions; -1 for those that a request chooses.</param>
internal sealed record TensorSpec(string Name, DataType Type, ImmutableArray<long> Dimensions)
{
    /// <summary>
    /// The shape that <paramref name="bytes"/> bytes of elements have. One open dimension follows from the byte count; of several, all but the last
    /// are taken as 1.
    /// </summary>
    /// <exception cref="CommandException">The byte count fits no such shape.</exception>
    public TensorShape Resolve(long bytes)
    {
        var last = Dimensions.LastIndexOf(-1);
        var known = Dimensions.Where(d => d != -1).Aggregate(1L, (product, d) => product * d) * Type.Size();
        var dimensions = Dimensions.Select(d => d == -1 ? 1 : d).ToArray();
        if (last >= 0 && known > 0 && bytes % known == 0)
            dimensions[last] = bytes / known;
        var shape = TensorShape.Of(dimensions);
        return HostTensor.ByteLength(Type, shape) == bytes
            ? shape
            : throw new CommandException(
                $"input \"{Name}\" is {Type}{TensorShape.Format(Dimensions.AsSpan())}, which {bytes} bytes do not fill; name its shape with \",shape=1x3x4\".");
    }
}
