using System.Buffers.Binary;
using Hearth.Compute;

namespace Hearth.Cli.Demos.Serving;

/// <summary>A tensor of the Open Inference Protocol V2.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Data">Its elements, row-major and little-endian.</param>
internal sealed record Tensor(string Name, DataType Type, TensorShape Shape, byte[] Data)
{
    /// <summary>The elements as numbers; 64-bit integers beyond 2^53 are rounded.</summary>
    /// <exception cref="CommandException">The elements are no numbers.</exception>
    public IEnumerable<double> Numbers()
    {
        for (var offset = 0; offset < Data.Length; offset += Type.Size())
            yield return Number(Data.AsSpan(offset, Type.Size()));
    }

    private double Number(ReadOnlySpan<byte> element) => Type switch
    {
        DataType.Bool or DataType.U8 => element[0],
        DataType.I8 => (sbyte)element[0],
        DataType.U16 => BinaryPrimitives.ReadUInt16LittleEndian(element),
        DataType.I16 => BinaryPrimitives.ReadInt16LittleEndian(element),
        DataType.U32 => BinaryPrimitives.ReadUInt32LittleEndian(element),
        DataType.I32 => BinaryPrimitives.ReadInt32LittleEndian(element),
        DataType.U64 => BinaryPrimitives.ReadUInt64LittleEndian(element),
        DataType.I64 => BinaryPrimitives.ReadInt64LittleEndian(element),
        DataType.F16 => (double)BinaryPrimitives.ReadHalfLittleEndian(element),
        DataType.BF16 => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(element) << 16),
        DataType.F32 => BinaryPrimitives.ReadSingleLittleEndian(element),
        DataType.F64 => BinaryPrimitives.ReadDoubleLittleEndian(element),
        _ => throw new CommandException($"tensor \"{Name}\" holds {Type}, which the demo does not show as numbers."),
    };
}
