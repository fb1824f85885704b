using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Compute;

namespace Hearth.Cli.Demos.Serving;

/// <summary>Requests and answers of the Open Inference Protocol V2, as JSON and with its binary tensor extension. Pure.</summary>
internal static class ProtocolV2
{
    private static readonly Dictionary<string, DataType> Types = new()
    {
        ["BOOL"] = DataType.Bool,
        ["UINT8"] = DataType.U8,
        ["UINT16"] = DataType.U16,
        ["UINT32"] = DataType.U32,
        ["UINT64"] = DataType.U64,
        ["INT8"] = DataType.I8,
        ["INT16"] = DataType.I16,
        ["INT32"] = DataType.I32,
        ["INT64"] = DataType.I64,
        ["FP16"] = DataType.F16,
        ["BF16"] = DataType.BF16,
        ["FP32"] = DataType.F32,
        ["FP64"] = DataType.F64,
        ["BYTES"] = DataType.Bytes,
    };

    /// <summary>The inputs that a model's metadata names.</summary>
    public static IReadOnlyList<TensorSpec> ReadInputs(JsonObject metadata) =>
        [.. metadata["inputs"]!.AsArray().Select(i => new TensorSpec(Text(i!, "name"), Type(i!), [.. Dimensions(i!)]))];

    /// <summary>A request body.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="binary">Whether tensors travel as bytes behind the JSON, both ways.</param>
    /// <returns>The body, and the length of its JSON part.</returns>
    public static (byte[] Body, int JsonLength) WriteRequest(IReadOnlyList<Tensor> inputs, bool binary)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (binary)
            {
                json.WriteStartObject("parameters");
                json.WriteBoolean("binary_data_output", true);
                json.WriteEndObject();
            }
            json.WriteStartArray("inputs");
            foreach (var input in inputs)
                Write(json, input, binary);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        var length = buffer.WrittenCount;
        if (binary)
        {
            foreach (var input in inputs)
                buffer.Write(input.Data);
        }
        return (buffer.WrittenSpan.ToArray(), length);
    }

    /// <summary>The outputs of an answer; <paramref name="jsonLength"/> is the length of its JSON part when bytes follow.</summary>
    /// <exception cref="CommandException">The answer is none of the protocol's.</exception>
    public static IReadOnlyList<Tensor> ReadAnswer(ReadOnlyMemory<byte> body, int? jsonLength)
    {
        try
        {
            var json = JsonNode.Parse(body.Span[..(jsonLength ?? body.Length)])!;
            var rest = body[(jsonLength ?? body.Length)..];
            var outputs = new List<Tensor>();
            foreach (var output in json["outputs"]!.AsArray())
            {
                var data = output!["parameters"]?["binary_data_size"] is { } size ? rest[..(int)size].ToArray() : Elements(output, Type(output));
                rest = rest[(output["parameters"]?["binary_data_size"] is null ? 0 : data.Length)..];
                outputs.Add(new(Text(output, "name"), Type(output), TensorShape.Of([.. Dimensions(output)]), data));
            }
            return outputs;
        }
        catch (Exception e) when (e is JsonException or NullReferenceException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw new CommandException($"the function's answer is none of the Open Inference Protocol V2: {e.Message}");
        }
    }

    /// <summary>An answer as JSON, whatever way its tensors came.</summary>
    public static string WriteAnswer(string model, IReadOnlyList<Tensor> outputs)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model_name", model);
            json.WriteStartArray("outputs");
            foreach (var output in outputs)
                Write(json, output, binary: false);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, Tensor tensor, bool binary)
    {
        json.WriteStartObject();
        json.WriteString("name", tensor.Name);
        json.WriteString("datatype", Types.First(t => t.Value == tensor.Type).Key);
        json.WriteStartArray("shape");
        foreach (var dimension in tensor.Shape.Dimensions)
            json.WriteNumberValue(dimension);
        json.WriteEndArray();
        if (binary)
        {
            json.WriteStartObject("parameters");
            json.WriteNumber("binary_data_size", tensor.Data.Length);
            json.WriteEndObject();
        }
        else
        {
            json.WriteStartArray("data");
            WriteElements(json, tensor);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteElements(Utf8JsonWriter json, Tensor tensor)
    {
        if (tensor.Type == DataType.Bytes)
        {
            foreach (var element in new BytesElements(tensor.Data))
                json.WriteStringValue(element);
            return;
        }
        if (tensor.Type is DataType.I64 or DataType.U64)
        {
            // Not every one of them is a double.
            foreach (var integer in MemoryMarshal.Cast<byte, long>(tensor.Data))
                json.WriteRawValue(tensor.Type == DataType.I64 ? $"{integer}" : $"{(ulong)integer}");
            return;
        }
        foreach (var number in tensor.Numbers())
        {
            if (tensor.Type == DataType.Bool)
                json.WriteBooleanValue(number != 0);
            else if (tensor.Type is DataType.F32 or DataType.F16 or DataType.BF16)
                json.WriteNumberValue((float)number);
            else
                json.WriteNumberValue(number);
        }
    }

    private static byte[] Elements(JsonNode tensor, DataType type)
    {
        var data = new List<byte>();
        foreach (var element in Flatten(tensor["data"]!.AsArray()))
            data.AddRange(Bytes(element, type));
        return [.. data];
    }

    private static IEnumerable<JsonNode> Flatten(JsonArray data) => data.SelectMany(e => e is JsonArray nested ? Flatten(nested) : [e!]);

    private static byte[] Bytes(JsonNode element, DataType type) => type switch
    {
        DataType.Bool => [(bool)element ? (byte)1 : (byte)0],
        DataType.U8 => [(byte)element],
        DataType.I8 => [(byte)(sbyte)element],
        DataType.U16 => BitConverter.GetBytes((ushort)element),
        DataType.I16 => BitConverter.GetBytes((short)element),
        DataType.U32 => BitConverter.GetBytes((uint)element),
        DataType.I32 => BitConverter.GetBytes((int)element),
        DataType.U64 => BitConverter.GetBytes((ulong)element),
        DataType.I64 => BitConverter.GetBytes((long)element),
        DataType.F16 => BitConverter.GetBytes((Half)(float)element),
        DataType.BF16 => BitConverter.GetBytes((float)element)[2..],
        DataType.F32 => BitConverter.GetBytes((float)element),
        DataType.F64 => BitConverter.GetBytes((double)element),
        DataType.Bytes => Encode((string)element!),
        _ => throw new FormatException($"output of type {type} is not shown by the demo"),
    };

    private static byte[] Encode(string text)
    {
        var content = System.Text.Encoding.UTF8.GetBytes(text);
        return [.. BitConverter.GetBytes(content.Length), .. content];
    }

    private static string Text(JsonNode node, string name) => (string)node[name]!;

    private static DataType Type(JsonNode tensor) => Types.TryGetValue(Text(tensor, "datatype"), out var type)
        ? type
        : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"datatype \"{tensor["datatype"]}\" is unknown"));

    private static IEnumerable<long> Dimensions(JsonNode tensor) => tensor["shape"]!.AsArray().Select(d => (long)d!);
}
