using Hearth.Compute.Safetensors;
using static Hearth.Compute.Tests.Safetensors.SafetensorsBytes;

namespace Hearth.Compute.Tests.Safetensors;

public sealed class SafetensorsHeaderTests
{
    [Fact]
    public void Parse_TwoTensorsAndMetadata_FindsThem()
    {
        var header = Parse($$"""{"__metadata__":{"codec":"none"},{{Tensor("b", "F32", "[2,3]", 4, 28)}},{{Tensor("a", "F16", "[2]", 0, 4)}}}   """, 28);

        Assert.Equal(["a", "b"], header.Tensors.Select(t => t.Name));
        Assert.Equal((DataType.F32, TensorShape.Of(2, 3), 4L, 24L), (header.Tensors[1].Type, header.Tensors[1].Shape, header.Tensors[1].Offset, header.Tensors[1].Length));
        Assert.Equal("none", header.Metadata["codec"]);
        Assert.Equal(28, header.DataLength);
        Assert.Same(header.Tensors[0], header.Find("a"));
        Assert.Null(header.Find("c"));
    }

    [Theory]
    [InlineData("BOOL", DataType.Bool, 1)]
    [InlineData("U8", DataType.U8, 1)]
    [InlineData("I8", DataType.I8, 1)]
    [InlineData("F8_E4M3", DataType.F8E4M3, 1)]
    [InlineData("F8_E5M2", DataType.F8E5M2, 1)]
    [InlineData("U16", DataType.U16, 2)]
    [InlineData("I16", DataType.I16, 2)]
    [InlineData("F16", DataType.F16, 2)]
    [InlineData("BF16", DataType.BF16, 2)]
    [InlineData("U32", DataType.U32, 4)]
    [InlineData("I32", DataType.I32, 4)]
    [InlineData("F32", DataType.F32, 4)]
    [InlineData("U64", DataType.U64, 8)]
    [InlineData("I64", DataType.I64, 8)]
    [InlineData("F64", DataType.F64, 8)]
    public void Parse_EveryType_IsKnown(string name, DataType type, int size)
    {
        var header = Parse($"{{{Tensor("t", name, "[5]", 0, 5 * size)}}}", 5 * size);

        Assert.Equal(type, header.Tensors[0].Type);
    }

    [Fact]
    public void Parse_ScalarAndEmptyTensors_AreValid()
    {
        var header = Parse($"{{{Tensor("empty", "F32", "[0,7]", 0, 0)},{Tensor("scalar", "F64", "[]", 0, 8)},{Tensor("last", "I8", "[0]", 8, 8)}}}", 8);

        Assert.Equal(["empty", "scalar", "last"], header.Tensors.Select(t => t.Name));
    }

    [Fact]
    public void Parse_NoTensors_IsValid() => Assert.Empty(Parse("{}", 0).Tensors);

    [Fact]
    public void Parse_UnpaddedHeaderAndUnknownField_AreValid() =>
        Assert.Single(Parse("""{"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"note":{"any":[1,2]}}}""", 1).Tensors);

    [Fact]
    public void Parse_TensorOfMoreThanFourGigabytes_KeepsItsSize()
    {
        var header = Parse($"{{{Tensor("t", "F32", "[3000000000]", 0, 12_000_000_000)}}}", 12_000_000_000);

        Assert.Equal(12_000_000_000, header.Tensors[0].Length);
    }

    [Theory]
    [InlineData("", SafetensorsFaultKind.InvalidJson)]
    [InlineData("[]", SafetensorsFaultKind.InvalidJson)]
    [InlineData(" {}", SafetensorsFaultKind.InvalidJson)]
    [InlineData("{", SafetensorsFaultKind.InvalidJson)]
    [InlineData("{}{}", SafetensorsFaultKind.InvalidJson)]
    [InlineData("{}\0\0", SafetensorsFaultKind.InvalidJson)]
    [InlineData("""{"t":1}""", SafetensorsFaultKind.InvalidJson)]
    [InlineData("""{"\ud800":{}}""", SafetensorsFaultKind.InvalidJson)]
    [InlineData("""{"t":{"dtype":"U8","dtype":"U8","shape":[8],"data_offsets":[0,8]}}""", SafetensorsFaultKind.DuplicateName)]
    [InlineData("""{"t":{"shape":[8],"data_offsets":[0,8]}}""", SafetensorsFaultKind.MissingField)]
    [InlineData("""{"t":{"dtype":"U8","data_offsets":[0,8]}}""", SafetensorsFaultKind.MissingField)]
    [InlineData("""{"t":{"dtype":"U8","shape":[8]}}""", SafetensorsFaultKind.MissingField)]
    [InlineData("""{"t":{"dtype":"F128","shape":[8],"data_offsets":[0,8]}}""", SafetensorsFaultKind.UnknownType)]
    [InlineData("""{"t":{"dtype":8,"shape":[8],"data_offsets":[0,8]}}""", SafetensorsFaultKind.UnknownType)]
    [InlineData("""{"t":{"dtype":"U8","shape":8,"data_offsets":[0,8]}}""", SafetensorsFaultKind.InvalidShape)]
    [InlineData("""{"t":{"dtype":"U8","shape":[-8],"data_offsets":[0,8]}}""", SafetensorsFaultKind.InvalidShape)]
    [InlineData("""{"t":{"dtype":"U8","shape":[8.5],"data_offsets":[0,8]}}""", SafetensorsFaultKind.InvalidShape)]
    [InlineData("""{"t":{"dtype":"U8","shape":[[8]],"data_offsets":[0,8]}}""", SafetensorsFaultKind.InvalidShape)]
    [InlineData("""{"t":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""", SafetensorsFaultKind.InvalidShape)]
    [InlineData("""{"t":{"dtype":"F64","shape":[2305843009213693953],"data_offsets":[0,8]}}""", SafetensorsFaultKind.InvalidShape)]
    [InlineData("""{"t":{"dtype":"U8","shape":[18446744073709551624],"data_offsets":[0,8]}}""", SafetensorsFaultKind.InvalidShape)]
    [InlineData("""{"t":{"dtype":"U8","shape":[8],"data_offsets":[0,8,8]}}""", SafetensorsFaultKind.InvalidOffsets)]
    [InlineData("""{"t":{"dtype":"U8","shape":[8],"data_offsets":[-8,0]}}""", SafetensorsFaultKind.InvalidOffsets)]
    [InlineData("""{"t":{"dtype":"U8","shape":[8],"data_offsets":[8,0]}}""", SafetensorsFaultKind.InvalidOffsets)]
    [InlineData("""{"t":{"dtype":"U8","shape":[8],"data_offsets":{}}}""", SafetensorsFaultKind.InvalidOffsets)]
    [InlineData("""{"t":{"dtype":"U16","shape":[8],"data_offsets":[0,8]}}""", SafetensorsFaultKind.SizeMismatch)]
    [InlineData("""{"t":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}""", SafetensorsFaultKind.BeyondData)]
    [InlineData("""{"t":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}""", SafetensorsFaultKind.BeyondData)]
    [InlineData("""{"t":{"dtype":"U8","shape":[7],"data_offsets":[0,7]}}""", SafetensorsFaultKind.TrailingBytes)]
    [InlineData("{}", SafetensorsFaultKind.TrailingBytes)]
    [InlineData("""{"t":{"dtype":"U8","shape":[7],"data_offsets":[1,8]}}""", SafetensorsFaultKind.Gap)]
    public void Parse_MalformedHeader_IsRefusedWithItsReason(string header, SafetensorsFaultKind kind)
    {
        var refusal = Assert.Throws<SafetensorsFormatException>(() => Parse(header, 8));

        Assert.Equal([kind], refusal.Faults.Select(f => f.Kind));
        Assert.Contains(refusal.Faults[0].Message, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"__metadata__":[1]}""", SafetensorsFaultKind.InvalidMetadata)]
    [InlineData("""{"__metadata__":{"a":{"b":1}}}""", SafetensorsFaultKind.InvalidMetadata)]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", SafetensorsFaultKind.DuplicateName)]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", SafetensorsFaultKind.DuplicateName)]
    public void Parse_MalformedMetadata_IsRefused(string header, SafetensorsFaultKind kind)
    {
        var refusal = Assert.Throws<SafetensorsFormatException>(() => Parse(header, 0));

        Assert.Equal([kind], refusal.Faults.Select(f => f.Kind));
    }

    [Fact]
    public void Parse_InvalidUtf8_IsRefused()
    {
        byte[] header = [.. "{\"__metadata__\":{\"a\":\""u8, 0xff, .. "\"}}"u8];

        var refusal = Assert.Throws<SafetensorsFormatException>(() => SafetensorsHeader.Parse(header, 0));

        Assert.Equal(SafetensorsFaultKind.InvalidJson, refusal.Faults[0].Kind);
    }

    [Fact]
    public void Parse_SameNameTwice_IsRefused()
    {
        var refusal = Assert.Throws<SafetensorsFormatException>(
            () => Parse($"{{{Tensor("t", "U8", "[4]", 0, 4)},{Tensor("t", "U8", "[4]", 4, 8)}}}", 8));

        Assert.Equal((SafetensorsFaultKind.DuplicateName, "t"), (refusal.Faults[0].Kind, refusal.Faults[0].Tensor));
    }

    [Fact]
    public void Parse_TensorsThatShareBytes_AreRefused()
    {
        var refusal = Assert.Throws<SafetensorsFormatException>(
            () => Parse($"{{{Tensor("a", "U8", "[5]", 0, 5)},{Tensor("b", "U8", "[4]", 4, 8)}}}", 8));

        var fault = Assert.Single(refusal.Faults);
        Assert.Equal(new SafetensorsFault(SafetensorsFaultKind.Overlap, "b", "tensor \"b\" begins at 4, but the tensor before it ends at 5"), fault);
    }

    [Fact]
    public void Parse_ManyFaults_NamesThemAll()
    {
        var refusal = Assert.Throws<SafetensorsFormatException>(() => Parse(
            $"{{{Tensor("a", "F7", "[4]", 0, 4)},{Tensor("b", "U8", "[-4]", 4, 8)},{Tensor("c", "U8", "[3]", 9, 12)}}}", 16));

        Assert.Equal(
            [SafetensorsFaultKind.UnknownType, SafetensorsFaultKind.InvalidShape, SafetensorsFaultKind.Gap, SafetensorsFaultKind.TrailingBytes],
            refusal.Faults.Select(f => f.Kind));
    }

    [Fact]
    public void Parse_MoreFaultsThanAreKept_StopsAtTheLimit()
    {
        var tensors = string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"t{i}\":7"));

        var refusal = Assert.Throws<SafetensorsFormatException>(() => Parse($"{{{tensors}}}", 0));

        Assert.Equal(32, refusal.Faults.Length);
    }

    [Fact]
    public void Parse_HostileName_IsMadePrintable()
    {
        var refusal = Assert.Throws<SafetensorsFormatException>(() => Parse($"{{\"a\\n\\u0000{new string('x', 1000)}\":7}}", 0));

        Assert.StartsWith("tensor \"a??xxx", refusal.Faults[0].Message, StringComparison.Ordinal);
        Assert.True(refusal.Faults[0].Message.Length < 200);
    }

    [Theory]
    [InlineData(7, 100, SafetensorsFaultKind.Truncated)]
    [InlineData(8, 7, SafetensorsFaultKind.Truncated)]
    [InlineData(8, 23, SafetensorsFaultKind.Truncated)]
    public void ReadLength_ContentTooShort_IsRefused(int prefixLength, long contentLength, SafetensorsFaultKind kind)
    {
        var prefix = Of("0123456789012345", 0)[..prefixLength];

        var refusal = Assert.Throws<SafetensorsFormatException>(() => SafetensorsHeader.ReadLength(prefix, contentLength));

        Assert.Equal(kind, refusal.Faults[0].Kind);
    }

    [Theory]
    [InlineData(100_000_001UL)]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    public void ReadLength_LongerThanTheLimit_IsRefused(ulong length)
    {
        var refusal = Assert.Throws<SafetensorsFormatException>(() => SafetensorsHeader.ReadLength(BitConverter.GetBytes(length), long.MaxValue));

        Assert.Equal(SafetensorsFaultKind.HeaderTooLong, refusal.Faults[0].Kind);
    }

    [Fact]
    public void ReadLength_ExactlyTheLimit_IsRead() =>
        Assert.Equal(100_000_000, SafetensorsHeader.ReadLength(BitConverter.GetBytes(SafetensorsHeader.MaxLength), 100_000_008));

    private static SafetensorsHeader Parse(string header, long dataLength) => SafetensorsHeader.Parse(System.Text.Encoding.UTF8.GetBytes(header), dataLength);
}
