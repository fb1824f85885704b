using System.Collections.Frozen;

namespace Hearth.Compute.Safetensors;

/// <summary>Names that safetensors gives to data types.</summary>
internal static class SafetensorsTypes
{
    private static readonly FrozenDictionary<string, DataType> Types = new Dictionary<string, DataType>
    {
        ["BOOL"] = DataType.Bool,
        ["U8"] = DataType.U8,
        ["U16"] = DataType.U16,
        ["U32"] = DataType.U32,
        ["U64"] = DataType.U64,
        ["I8"] = DataType.I8,
        ["I16"] = DataType.I16,
        ["I32"] = DataType.I32,
        ["I64"] = DataType.I64,
        ["F8_E4M3"] = DataType.F8E4M3,
        ["F8_E5M2"] = DataType.F8E5M2,
        ["F16"] = DataType.F16,
        ["BF16"] = DataType.BF16,
        ["F32"] = DataType.F32,
        ["F64"] = DataType.F64,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<DataType, string> Names = Types.ToFrozenDictionary(p => p.Value, p => p.Key);

    public static string Known { get; } = string.Join(", ", Types.Keys.Order(StringComparer.Ordinal));

    public static bool TryParse(string name, out DataType type) => Types.TryGetValue(name, out type);

    public static bool TryGetName(DataType type, out string? name) => Names.TryGetValue(type, out name);
}
