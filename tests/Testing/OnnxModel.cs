using System.Text;

namespace Hearth.Testing;

/// <summary>Writes small ONNX models, byte for byte: a graph of one node whose inputs and outputs are the model's.</summary>
public static class OnnxModel
{
    /// <summary>ONNX's number of the element type float.</summary>
    public const int Float = 1;

    /// <summary>ONNX's number of the element type string.</summary>
    public const int String = 8;

    /// <summary>A model <c>y = Identity(x)</c>.</summary>
    /// <param name="elementType">ONNX's number of the element type.</param>
    /// <param name="dimensions">Dimensions of both: numbers, or names for those that a request chooses.</param>
    public static byte[] Identity(int elementType, params object[] dimensions) =>
        Make("Identity", [("x", elementType, dimensions)], [("y", elementType, dimensions)]);

    /// <summary>A model <c>y = Add(a, b)</c>.</summary>
    public static byte[] Add(int elementType, params object[] dimensions) =>
        Make("Add", [("a", elementType, dimensions), ("b", elementType, dimensions)], [("y", elementType, dimensions)]);

    /// <summary>A model of one node.</summary>
    public static byte[] Make(
        string operation, (string Name, int Type, object[] Dimensions)[] inputs, (string Name, int Type, object[] Dimensions)[] outputs)
    {
        byte[] node =
        [
            .. inputs.SelectMany(input => Field(1, input.Name)), .. outputs.SelectMany(output => Field(2, output.Name)), .. Field(4, operation),
        ];
        byte[] graph =
        [
            .. Field(1, node), .. Field(2, "graph"),
            .. inputs.SelectMany(input => Field(11, ValueInfo(input))), .. outputs.SelectMany(output => Field(12, ValueInfo(output))),
        ];
        byte[] metadata = [.. Field(1, "author"), .. Field(2, "tests")];
        return [.. Field(1, 8), .. Field(2, "hearth-tests"), .. Field(7, graph), .. Field(8, Field(2, 13)), .. Field(14, metadata)];
    }

    private static byte[] ValueInfo((string Name, int Type, object[] Dimensions) value)
    {
        var shape = value.Dimensions.SelectMany(dimension => Field(1, dimension is string name ? Field(2, name) : Field(1, Convert.ToUInt64(dimension, null))));
        byte[] tensor = [.. Field(1, (ulong)value.Type), .. Field(2, shape.ToArray())];
        return [.. Field(1, value.Name), .. Field(2, Field(1, tensor))];
    }

    private static byte[] Field(int number, ulong value) => [.. Varint((ulong)number << 3), .. Varint(value)];

    private static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int number, byte[] content) => [.. Varint(((ulong)number << 3) | 2), .. Varint((ulong)content.Length), .. content];

    private static IEnumerable<byte> Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
