namespace Hearth.Compute;

/// <summary>A tensor in the host's memory: row-major, contiguous, little-endian.</summary>
/// <remarks>Owns its buffer. Elements of <see cref="DataType.Bytes"/> follow one another, each with its length before it.</remarks>
public sealed class HostTensor : IDisposable
{
    /// <summary>Makes a tensor of memory that becomes its own.</summary>
    /// <exception cref="ArgumentException">The buffer's length is not what type and shape need.</exception>
    public HostTensor(DataType type, TensorShape shape, HostBuffer buffer)
    {
        if (type != DataType.Bytes && buffer.Length != ByteLength(type, shape))
            throw new ArgumentException($"A tensor {type}{shape} takes {ByteLength(type, shape)} bytes, not {buffer.Length}.", nameof(buffer));
        Type = type;
        Shape = shape;
        Buffer = buffer;
    }

    /// <summary>Type of the elements.</summary>
    public DataType Type { get; }

    /// <summary>Dimensions.</summary>
    public TensorShape Shape { get; }

    /// <summary>The elements.</summary>
    public HostBuffer Buffer { get; }

    /// <summary>Makes a tensor whose content is undefined.</summary>
    public static HostTensor Allocate(DataType type, TensorShape shape) => new(type, shape, HostBuffer.Allocate(ByteLength(type, shape)));

    /// <summary>Bytes that type and shape need; 0 for <see cref="DataType.Bytes"/>.</summary>
    /// <exception cref="OverflowException">They do not fit in 64 bits.</exception>
    public static long ByteLength(DataType type, TensorShape shape) => checked(type.Size() * shape.ElementCount);

    /// <inheritdoc/>
    public void Dispose() => Buffer.Dispose();
}
