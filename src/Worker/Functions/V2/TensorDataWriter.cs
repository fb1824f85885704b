using System.Runtime.InteropServices;
using System.Text.Json;
using Hearth.Compute;

namespace Hearth.Worker.Functions.V2;

/// <summary>Writes a tensor's elements as JSON values, row-major and flat, in portions.</summary>
internal sealed class TensorDataWriter(HostTensor tensor)
{
    private readonly int _size = tensor.Type.Size();
    private long _offset;

    /// <summary>Writes elements until all are written or the writer holds <paramref name="portion"/> bytes.</summary>
    /// <returns>Whether there are more.</returns>
    public bool Write(Utf8JsonWriter json, int portion)
    {
        var end = tensor.Buffer.Length;
        while (_offset < end && json.BytesPending < portion)
        {
            if (tensor.Type == DataType.Bytes)
            {
                var length = MemoryMarshal.Read<int>(tensor.Buffer.AsSpan(_offset, BytesElements.PrefixLength));
                json.WriteStringValue(tensor.Buffer.AsSpan(_offset + BytesElements.PrefixLength, length));
                _offset += BytesElements.PrefixLength + length;
            }
            else
            {
                WriteElement(json, tensor.Buffer.AsSpan(_offset, _size));
                _offset += _size;
            }
        }
        return _offset < end;
    }

    private static void WriteFloat(Utf8JsonWriter json, float value)
    {
        if (float.IsFinite(value))
            json.WriteNumberValue(value);
        else
            WriteNamed(json, value);
    }

    private static void WriteDouble(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumberValue(value);
        else
            WriteNamed(json, value);
    }

    // JSON has no numbers for these; readers of ours take the names back.
    private static void WriteNamed(Utf8JsonWriter json, double value) =>
        json.WriteStringValue(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8 : "-Infinity"u8);

    private void WriteElement(Utf8JsonWriter json, ReadOnlySpan<byte> element)
    {
        switch (tensor.Type)
        {
            case DataType.F32:
                WriteFloat(json, MemoryMarshal.Read<float>(element));
                break;
            case DataType.F64:
                WriteDouble(json, MemoryMarshal.Read<double>(element));
                break;
            case DataType.F16:
                WriteFloat(json, (float)MemoryMarshal.Read<Half>(element));
                break;
            case DataType.BF16:
                WriteFloat(json, BFloat16.ToSingle(MemoryMarshal.Read<ushort>(element)));
                break;
            case DataType.Bool:
                json.WriteBooleanValue(element[0] != 0);
                break;
            case DataType.U64:
                json.WriteNumberValue(MemoryMarshal.Read<ulong>(element));
                break;
            default:
                json.WriteNumberValue(ReadInteger(element));
                break;
        }
    }

    private long ReadInteger(ReadOnlySpan<byte> element) => tensor.Type switch
    {
        DataType.I64 => MemoryMarshal.Read<long>(element),
        DataType.I32 => MemoryMarshal.Read<int>(element),
        DataType.I16 => MemoryMarshal.Read<short>(element),
        DataType.I8 => (sbyte)element[0],
        DataType.U32 => MemoryMarshal.Read<uint>(element),
        DataType.U16 => MemoryMarshal.Read<ushort>(element),
        DataType.U8 => element[0],
        _ => throw new InvalidOperationException($"{tensor.Type} is no integer."),
    };
}
