using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Hearth.Cli.Demos.Serving;
using Hearth.Compute;

namespace Hearth.Cli.Tests.Demos.Serving;

public sealed class ProtocolV2Tests
{
    private static readonly Tensor Floats = new("x", DataType.F32, TensorShape.Of(1, 3), Bytes<float>(0.1f, -2, 3e-30f));
    private static readonly Tensor Integers = new("n", DataType.I64, TensorShape.Scalar, Bytes(long.MaxValue));

    [Fact]
    public void WriteRequest_AsJson_WritesEveryElementExactly()
    {
        var (body, length) = ProtocolV2.WriteRequest([Floats, Integers], binary: false);

        Assert.Equal(body.Length, length);
        Assert.Equal(
            """{"inputs":[{"name":"x","datatype":"FP32","shape":[1,3],"data":[0.1,-2,3E-30]},{"name":"n","datatype":"INT64","shape":[],"data":[9223372036854775807]}]}""",
            Encoding.UTF8.GetString(body));
    }

    [Fact]
    public void WriteRequest_AsBytes_PutsTheTensorsBehindTheJson()
    {
        var (body, length) = ProtocolV2.WriteRequest([Floats, Integers], binary: true);

        var json = JsonNode.Parse(body.AsSpan(0, length))!;
        Assert.True((bool)json["parameters"]!["binary_data_output"]!);
        Assert.Equal([12, 8], json["inputs"]!.AsArray().Select(i => (int)i!["parameters"]!["binary_data_size"]!));
        Assert.Equal([.. Floats.Data, .. Integers.Data], body[length..]);
    }

    [Theory]
    [InlineData("BOOL", "[true,false]", new byte[] { 1, 0 })]
    [InlineData("UINT8", "[255]", new byte[] { 255 })]
    [InlineData("INT8", "[-1]", new byte[] { 255 })]
    [InlineData("INT16", "[-2]", new byte[] { 254, 255 })]
    [InlineData("FP16", "[1.5]", new byte[] { 0, 0x3e })]
    [InlineData("BF16", "[1.5]", new byte[] { 0xc0, 0x3f })]
    [InlineData("INT64", "[[1],[2]]", new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData("BYTES", "[\"ab\"]", new byte[] { 2, 0, 0, 0, 97, 98 })]
    [InlineData("FP64", "[2]", new byte[] { 0, 0, 0, 0, 0, 0, 0, 0x40 })]
    public void ReadAnswer_JsonData_GivesLittleEndianElements(string type, string data, byte[] expected)
    {
        var answer = $$"""{"model_name":"m","outputs":[{"name":"y","datatype":"{{type}}","shape":[{{(type is "BOOL" or "INT64" ? 2 : 1)}}],"data":{{data}}}]}""";

        Assert.Equal(expected, Assert.Single(ProtocolV2.ReadAnswer(Encoding.UTF8.GetBytes(answer), null)).Data);
    }

    [Fact]
    public void ReadAnswer_BinaryData_TakesEachOutputItsBytes()
    {
        var json = """{"outputs":[{"name":"a","datatype":"UINT8","shape":[2],"parameters":{"binary_data_size":2}},{"name":"b","datatype":"UINT8","shape":[1],"parameters":{"binary_data_size":1}}]}"""u8;

        var outputs = ProtocolV2.ReadAnswer((byte[])[.. json, 7, 8, 9], json.Length);

        Assert.Equal([7, 8], outputs[0].Data);
        Assert.Equal([9], outputs[1].Data);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"outputs":[{"name":"y","datatype":"COLOUR","shape":[1],"data":[1]}]}""")]
    [InlineData("""{"error":"no"}""")]
    public void ReadAnswer_OfAnythingElse_SaysSo(string answer) =>
        Assert.Throws<CommandException>(() => ProtocolV2.ReadAnswer(Encoding.UTF8.GetBytes(answer), null));

    [Fact]
    public void WriteAnswer_OfAnAnswerRead_GivesTheSameOutputs()
    {
        var text = ProtocolV2.WriteAnswer("m", [Floats, Integers]);

        var outputs = ProtocolV2.ReadAnswer(Encoding.UTF8.GetBytes(text), null);

        Assert.Equal(Floats.Data, outputs[0].Data);
        Assert.Equal(Integers.Data, outputs[1].Data);
    }

    private static byte[] Bytes<T>(params T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();
}
