using System.Runtime.InteropServices;
using System.Text.Json;
using Hearth.Compute;

namespace Hearth.Worker.Functions.V2;

/// <summary>Reads one JSON value as one element of fixed size.</summary>
internal static class ElementReader
{
    /// <summary>Reads the current token; false when it is not of the type or does not fit it.</summary>
    public static bool TryRead(DataType type, ref Utf8JsonReader reader, Span<byte> target) => type switch
    {
        DataType.F32 => TryReadSingle(ref reader, out var value) && Write(target, value),
        DataType.F64 => TryReadDouble(ref reader, out var value) && Write(target, value),
        DataType.F16 => TryReadDouble(ref reader, out var value) && FitsHalf(value) && Write(target, (Half)value),
        DataType.BF16 => TryReadSingle(ref reader, out var value) && BFloat16.TryFromSingle(value, out var bits) && Write(target, bits),
        DataType.Bool => TryReadBool(ref reader, out var value) && Write(target, value),
        _ => reader.TokenType == JsonTokenType.Number && TryReadInteger(type, ref reader, target),
    };

    private static bool TryReadInteger(DataType type, ref Utf8JsonReader reader, Span<byte> target) => type switch
    {
        DataType.I64 => reader.TryGetInt64(out var value) && Write(target, value),
        DataType.I32 => reader.TryGetInt32(out var value) && Write(target, value),
        DataType.I16 => reader.TryGetInt16(out var value) && Write(target, value),
        DataType.I8 => reader.TryGetSByte(out var value) && Write(target, value),
        DataType.U64 => reader.TryGetUInt64(out var value) && Write(target, value),
        DataType.U32 => reader.TryGetUInt32(out var value) && Write(target, value),
        DataType.U16 => reader.TryGetUInt16(out var value) && Write(target, value),
        DataType.U8 => reader.TryGetByte(out var value) && Write(target, value),
        _ => false,
    };

    // JSON has no numbers for these three; the names are those that .NET's and JavaScript's serialisers use.
    private static double? Named(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.String ? null
        : reader.ValueTextEquals("NaN"u8) ? double.NaN
        : reader.ValueTextEquals("Infinity"u8) ? double.PositiveInfinity
        : reader.ValueTextEquals("-Infinity"u8) ? double.NegativeInfinity
        : null;

    private static bool TryReadSingle(ref Utf8JsonReader reader, out float value)
    {
        if (reader.TokenType == JsonTokenType.Number)
            return (!reader.HasValueSequence && SingleText.TryRead(reader.ValueSpan, out value)) || (reader.TryGetSingle(out value) && float.IsFinite(value));
        var named = Named(ref reader);
        value = (float)(named ?? 0);
        return named is not null;
    }

    private static bool TryReadDouble(ref Utf8JsonReader reader, out double value)
    {
        if (reader.TokenType == JsonTokenType.Number)
            return reader.TryGetDouble(out value) && double.IsFinite(value);
        var named = Named(ref reader);
        value = named ?? 0;
        return named is not null;
    }

    private static bool FitsHalf(double value) => !double.IsFinite(value) || Half.IsFinite((Half)value);

    private static bool TryReadBool(ref Utf8JsonReader reader, out byte value)
    {
        value = 0;
        switch (reader.TokenType)
        {
            case JsonTokenType.True:
                value = 1;
                return true;
            case JsonTokenType.False:
                return true;
            case JsonTokenType.Number:
                return reader.TryGetByte(out value) && value <= 1;
            default:
                return false;
        }
    }

    private static bool Write<T>(Span<byte> target, T value)
        where T : unmanaged
    {
        MemoryMarshal.Write(target, value);
        return true;
    }
}
