using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;

namespace Hearth.Compute.Safetensors;

/// <summary>Decides where the tensors of new content lie and writes the header that says so.</summary>
internal static class SafetensorsLayout
{
    private const int Alignment = 8;

    /// <summary>Types of larger elements come first, then names count, so that every element is aligned and the same tensors always
    /// give the same bytes.</summary>
    public static (SafetensorsHeader Header, ReadOnlyMemory<byte> Start) Create(
        IEnumerable<(string Name, DataType Type, TensorShape Shape)> tensors,
        IReadOnlyDictionary<string, string> metadata)
    {
        var entries = ImmutableArray.CreateBuilder<SafetensorsEntry>();
        long offset = 0;
        foreach (var (name, type, shape) in tensors.OrderByDescending(t => t.Type.Size()).ThenBy(t => t.Name, StringComparer.Ordinal))
        {
            if (!SafetensorsTypes.TryGetName(type, out _))
                throw new ArgumentException($"Tensor \"{name}\" is of type {type}, which safetensors does not have.", nameof(tensors));
            if (name == SafetensorsHeaderParser.MetadataName)
                throw new ArgumentException($"A tensor cannot be named \"{name}\": the format keeps its metadata there.", nameof(tensors));
            var entry = new SafetensorsEntry(name, type, shape, offset);
            entries.Add(entry);
            offset = checked(offset + entry.Length);
        }
        var layout = entries.ToImmutable();
        var start = WriteStart(layout, metadata);
        var length = start.Length - SafetensorsHeader.PrefixLength;
        return (new SafetensorsHeader(layout, metadata.ToFrozenDictionary(StringComparer.Ordinal), length), start);
    }

    /// <summary>The prefix and the header, padded with spaces so that the data behind it is aligned.</summary>
    private static ReadOnlyMemory<byte> WriteStart(ImmutableArray<SafetensorsEntry> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.GetSpan(SafetensorsHeader.PrefixLength);
        buffer.Advance(SafetensorsHeader.PrefixLength);
        using (var json = new Utf8JsonWriter(buffer))
            WriteHeader(json, tensors, metadata);
        var padding = -buffer.WrittenCount & (Alignment - 1);
        buffer.GetSpan(Alignment)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        var start = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(start, start.Length - SafetensorsHeader.PrefixLength);
        return start;
    }

    private static void WriteHeader(Utf8JsonWriter json, ImmutableArray<SafetensorsEntry> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject();
        if (metadata.Count > 0)
        {
            json.WriteStartObject(SafetensorsHeaderParser.MetadataName);
            foreach (var (key, value) in metadata.OrderBy(p => p.Key, StringComparer.Ordinal))
                json.WriteString(key, value);
            json.WriteEndObject();
        }
        foreach (var tensor in tensors)
            WriteTensor(json, tensor);
        json.WriteEndObject();
    }

    private static void WriteTensor(Utf8JsonWriter json, SafetensorsEntry tensor)
    {
        SafetensorsTypes.TryGetName(tensor.Type, out var type);
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype"u8, type);
        json.WriteStartArray("shape"u8);
        foreach (var dimension in tensor.Shape.Dimensions)
            json.WriteNumberValue(dimension);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets"u8);
        json.WriteNumberValue(tensor.Offset);
        json.WriteNumberValue(tensor.Offset + tensor.Length);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
