namespace Hearth.Compute.Safetensors;

/// <summary>A tensor as a safetensors header describes it.</summary>
/// <param name="Name">Its name, unique in the header.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Offset">Where its bytes begin, counted from the first byte behind the header.</param>
public sealed record SafetensorsEntry(string Name, DataType Type, TensorShape Shape, long Offset)
{
    /// <summary>Bytes of the tensor.</summary>
    public long Length { get; } = HostTensor.ByteLength(Type, Shape);
}
