namespace Hearth.Compute;

/// <summary>Facts about <see cref="DataType"/>.</summary>
public static class DataTypeExtensions
{
    /// <summary>Bytes of one element; 0 for <see cref="DataType.Bytes"/>, whose elements differ in size.</summary>
    public static int Size(this DataType type) => type switch
    {
        DataType.Bool or DataType.U8 or DataType.I8 or DataType.F8E4M3 or DataType.F8E5M2 => 1,
        DataType.U16 or DataType.I16 or DataType.F16 or DataType.BF16 => 2,
        DataType.U32 or DataType.I32 or DataType.F32 => 4,
        DataType.U64 or DataType.I64 or DataType.F64 => 8,
        DataType.Bytes => 0,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };
}
