using Hearth.Compute;

namespace Hearth.Worker.Functions.V2;

/// <summary>The protocol's names of data types.</summary>
internal static class V2DataType
{
    /// <summary>The protocol's name.</summary>
    public static string NameOf(DataType type) => type switch
    {
        DataType.Bool => "BOOL",
        DataType.U8 => "UINT8",
        DataType.U16 => "UINT16",
        DataType.U32 => "UINT32",
        DataType.U64 => "UINT64",
        DataType.I8 => "INT8",
        DataType.I16 => "INT16",
        DataType.I32 => "INT32",
        DataType.I64 => "INT64",
        DataType.F16 => "FP16",
        DataType.BF16 => "BF16",
        DataType.F32 => "FP32",
        DataType.F64 => "FP64",
        DataType.Bytes => "BYTES",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>The type of that name; null when there is none.</summary>
    public static DataType? Parse(string name) => name switch
    {
        "BOOL" => DataType.Bool,
        "UINT8" => DataType.U8,
        "UINT16" => DataType.U16,
        "UINT32" => DataType.U32,
        "UINT64" => DataType.U64,
        "INT8" => DataType.I8,
        "INT16" => DataType.I16,
        "INT32" => DataType.I32,
        "INT64" => DataType.I64,
        "FP16" => DataType.F16,
        "BF16" => DataType.BF16,
        "FP32" => DataType.F32,
        "FP64" => DataType.F64,
        "BYTES" => DataType.Bytes,
        _ => null,
    };
}
