using System.Buffers.Binary;
using Hearth.Compute;

namespace Hearth.Worker.Functions.Batching;

/// <summary>Joins tensors along their first dimension, and takes them apart again.</summary>
internal static class TensorRows
{
    /// <summary>A new tensor with the rows of all <paramref name="parts"/>, which agree in type and in all dimensions but the first, one after the other.</summary>
    public static HostTensor Join(IReadOnlyList<HostTensor> parts)
    {
        var dimensions = parts[0].Shape.Dimensions.ToArray();
        dimensions[0] = parts.Sum(part => part.Shape.Dimensions[0]);
        var joined = HostBuffer.Allocate(parts.Sum(part => part.Buffer.Length));
        long offset = 0;
        foreach (var part in parts)
        {
            Copy(part.Buffer, 0, joined, offset, part.Buffer.Length);
            offset += part.Buffer.Length;
        }
        return new HostTensor(parts[0].Type, TensorShape.Of(dimensions), joined);
    }

    /// <summary>New tensors with so many rows each, which add up to those of <paramref name="joined"/>.</summary>
    public static HostTensor[] Split(HostTensor joined, IReadOnlyList<long> rows)
    {
        var dimensions = joined.Shape.Dimensions.ToArray();
        var parts = new HostTensor[rows.Count];
        long offset = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            dimensions[0] = rows[i];
            var shape = TensorShape.Of(dimensions);
            var length = joined.Type == DataType.Bytes ? BytesLength(joined.Buffer, offset, shape.ElementCount) : HostTensor.ByteLength(joined.Type, shape);
            var part = HostBuffer.Allocate(length);
            Copy(joined.Buffer, offset, part, 0, length);
            parts[i] = new HostTensor(joined.Type, shape, part);
            offset += length;
        }
        return parts;
    }

    /// <summary>Bytes of so many elements of <see cref="DataType.Bytes"/>, their lengths included.</summary>
    private static long BytesLength(HostBuffer buffer, long offset, long elements)
    {
        var end = offset;
        for (; elements > 0; elements--)
            end += BytesElements.PrefixLength + (long)BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(end, BytesElements.PrefixLength));
        return end - offset;
    }

    private static void Copy(HostBuffer from, long fromOffset, HostBuffer to, long toOffset, long length)
    {
        const int PartLength = 1 << 30;
        for (long done = 0; done < length; done += PartLength)
        {
            var part = (int)Math.Min(PartLength, length - done);
            from.AsSpan(fromOffset + done, part).CopyTo(to.AsSpan(toOffset + done, part));
        }
    }
}
