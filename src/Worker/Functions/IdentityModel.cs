namespace Hearth.Worker.Functions;

/// <summary>An ONNX model that answers its input, one float: <c>y = Identity(x)</c>, IR version 8, opset 13.</summary>
internal static class IdentityModel
{
    /// <summary>The file, field by field: tag, length where it has one, content.</summary>
    public static ReadOnlySpan<byte> Bytes =>
    [
        0x08, 8, // ModelProto.ir_version
        0x3A, 55, // ModelProto.graph
        0x0A, 16, // GraphProto.node
        0x0A, 1, (byte)'x', // NodeProto.input
        0x12, 1, (byte)'y', // NodeProto.output
        0x22, 8, (byte)'I', (byte)'d', (byte)'e', (byte)'n', (byte)'t', (byte)'i', (byte)'t', (byte)'y', // NodeProto.op_type
        0x12, 1, (byte)'g', // GraphProto.name
        0x5A, 15, 0x0A, 1, (byte)'x', 0x12, 10, 0x0A, 8, 0x08, 1, 0x12, 4, 0x0A, 2, 0x08, 1, // GraphProto.input: x, tensor of float, [1]
        0x62, 15, 0x0A, 1, (byte)'y', 0x12, 10, 0x0A, 8, 0x08, 1, 0x12, 4, 0x0A, 2, 0x08, 1, // GraphProto.output: y, the same
        0x42, 2, 0x10, 13, // ModelProto.opset_import
    ];
}
