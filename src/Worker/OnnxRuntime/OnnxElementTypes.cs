using Hearth.Compute;

namespace Hearth.Worker.OnnxRuntime;

/// <summary>ONNX Runtime's element types and ours.</summary>
internal static class OnnxElementTypes
{
    /// <summary>Our type; null for those we do not serve (complex, 8-bit floats, 4-bit integers).</summary>
    public static DataType? ToDataType(this OnnxElementType type) => type switch
    {
        OnnxElementType.Float => DataType.F32,
        OnnxElementType.UInt8 => DataType.U8,
        OnnxElementType.Int8 => DataType.I8,
        OnnxElementType.UInt16 => DataType.U16,
        OnnxElementType.Int16 => DataType.I16,
        OnnxElementType.Int32 => DataType.I32,
        OnnxElementType.Int64 => DataType.I64,
        OnnxElementType.String => DataType.Bytes,
        OnnxElementType.Bool => DataType.Bool,
        OnnxElementType.Float16 => DataType.F16,
        OnnxElementType.Double => DataType.F64,
        OnnxElementType.UInt32 => DataType.U32,
        OnnxElementType.UInt64 => DataType.U64,
        OnnxElementType.BFloat16 => DataType.BF16,
        _ => null,
    };

    /// <summary>ONNX Runtime's type.</summary>
    public static OnnxElementType ToOnnx(this DataType type) => type switch
    {
        DataType.F32 => OnnxElementType.Float,
        DataType.U8 => OnnxElementType.UInt8,
        DataType.I8 => OnnxElementType.Int8,
        DataType.U16 => OnnxElementType.UInt16,
        DataType.I16 => OnnxElementType.Int16,
        DataType.I32 => OnnxElementType.Int32,
        DataType.I64 => OnnxElementType.Int64,
        DataType.Bytes => OnnxElementType.String,
        DataType.Bool => OnnxElementType.Bool,
        DataType.F16 => OnnxElementType.Float16,
        DataType.F64 => OnnxElementType.Double,
        DataType.U32 => OnnxElementType.UInt32,
        DataType.U64 => OnnxElementType.UInt64,
        DataType.BF16 => OnnxElementType.BFloat16,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };
}
