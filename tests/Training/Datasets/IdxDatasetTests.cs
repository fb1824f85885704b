using System.Buffers.Binary;
using System.IO.Compression;
using Hearth.Training.Datasets;

namespace Hearth.Training.Tests.Datasets;

public sealed class IdxDatasetTests : IDisposable
{
    private const byte U8 = 0x08;

    private readonly Folder _folder = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_PlainOrCompressed_GivesTheExamples(bool compressed)
    {
        var examples = Write("x", Idx(U8, [2, 1, 3], [1, 2, 3, 4, 5, 255]), compressed);
        var labels = Write("y", Idx(U8, [2], [2, 0]), compressed);

        var data = IdxDataset.Read(examples, labels);

        Assert.Equal((2, 3, "[1,3]"), (data.Count, data.FeatureCount, data.ExampleShape.ToString()));
        Assert.Equal([4, 5, 255], data.Features(1).ToArray());
        Assert.Equal((2, 0), (data.Label(0), data.Label(1)));
        Assert.Equal(["0", "1", "2"], data.Classes.ToArray());
    }

    [Theory]
    [InlineData(0x08, new byte[] { 0xFF, 0x02 }, new float[] { 255, 2 })]
    [InlineData(0x09, new byte[] { 0xFF, 0x02 }, new float[] { -1, 2 })]
    [InlineData(0x0B, new byte[] { 0xFF, 0xFE, 0x01, 0x00 }, new float[] { -2, 256 })]
    [InlineData(0x0C, new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x01, 0x00, 0x00 }, new float[] { -1, 65536 })]
    [InlineData(0x0D, new byte[] { 0x3F, 0x80, 0x00, 0x00, 0xC0, 0x00, 0x00, 0x00 }, new float[] { 1, -2 })]
    [InlineData(0x0E, new byte[] { 0x3F, 0xF0, 0, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0 }, new float[] { 1, -2 })]
    public void Read_EveryElementType_IsBigEndian(byte type, byte[] elements, float[] expected)
    {
        var data = IdxDataset.Read(_folder.Write("x", Idx(type, [1, 2], elements)), _folder.Write("y", Idx(U8, [1], [0])), classes: 2);

        Assert.Equal(expected, data.Features(0).ToArray());
    }

    [Theory]
    [InlineData("", "begins with 0000", "found nothing")]
    [InlineData("504B0304", "begins with 0000", "found 504B0304")]
    [InlineData("00000702", "at byte 2", "found 07")]
    [InlineData("00000800", "at byte 3", "found 0")]
    [InlineData("0000080200000001", "at byte 3", "found 2 and 4 bytes")]
    [InlineData("00000802FFFFFFFFFFFFFFFF", "at byte 4", "[4294967295,4294967295]")]
    [InlineData("00000802000000010000000301", "[1,3]", "make 15 bytes, found 13")]
    [InlineData("00000802000000010000000101FF", "[1,1]", "make 13 bytes, found 14")]
    [InlineData("00000D0200000001000000017F800000", "at byte 12 a finite number", "found ∞")]
    [InlineData("000008010000000101", "two dimensions or more", "found [1]")]
    [InlineData("000008020000000000000003", "none of them is 0", "found [0,3]")]
    public void Read_MalformedExamples_SaysWhereAndWhat(string hex, string where, string found)
    {
        var examples = _folder.Write("x", Convert.FromHexString(hex));
        var labels = _folder.Write("y", Idx(U8, [1], [0]));

        var error = Assert.Throws<DatasetException>(() => IdxDataset.Read(examples, labels));

        Assert.Equal(examples, error.Path);
        Assert.Contains(examples, error.Message, StringComparison.Ordinal);
        Assert.Contains(where, error.Message, StringComparison.Ordinal);
        Assert.Contains(found.Replace("∞", float.PositiveInfinity.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LabelsThatDoNotFit_SaysWhatWasFound()
    {
        var examples = _folder.Write("x", Idx(U8, [2, 2], [1, 2, 3, 4]));

        Assert.Contains("each of the 2 examples", Fault(Idx(U8, [3], [0, 0, 0])), StringComparison.Ordinal);
        Assert.Contains("found [2,1]", Fault(Idx(U8, [2, 1], [0, 0])), StringComparison.Ordinal);
        Assert.Contains("at byte 9 a class from 0 to 2 is expected, found 3", Fault(Idx(U8, [2], [2, 3])), StringComparison.Ordinal);
        Assert.Contains("at byte 8 a class from 0 to 2 is expected, found -1", Fault(Idx(0x09, [2], [0xFF, 3])), StringComparison.Ordinal);

        string Fault(byte[] labels) => Assert.Throws<DatasetException>(() => IdxDataset.Read(examples, _folder.Write("y", labels), classes: 3)).Message;
    }

    [Fact]
    public void Read_CompressedFileCutShort_IsRefused()
    {
        var random = new Random(1);
        var elements = new byte[5000];
        random.NextBytes(elements);
        var whole = File.ReadAllBytes(Write("x", Idx(U8, [5, 1000], elements), compressed: true));
        var labels = _folder.Write("y", Idx(U8, [5], new byte[5]));

        Assert.Throws<DatasetException>(() => IdxDataset.Read(_folder.Write("cut", whole[..(whole.Length / 2)]), labels));
        whole[whole.Length / 2] ^= 0x55;
        whole[2] = 0xFF;
        Assert.Throws<DatasetException>(() => IdxDataset.Read(_folder.Write("damaged", whole), labels));
    }

    [Fact]
    public void Read_FileThatIsNotThere_IsNamed() =>
        Assert.Contains("absent", Assert.ThrowsAny<IOException>(() => IdxDataset.Read(Path.Combine(_folder.Path, "absent"), "y")).Message, StringComparison.Ordinal);

    public void Dispose() => _folder.Dispose();

    private static byte[] Idx(byte type, int[] dimensions, byte[] elements)
    {
        var sizes = new byte[4 * dimensions.Length];
        for (var i = 0; i < dimensions.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(sizes.AsSpan(4 * i), dimensions[i]);
        return [0, 0, type, (byte)dimensions.Length, .. sizes, .. elements];
    }

    private string Write(string name, byte[] content, bool compressed)
    {
        if (!compressed)
            return _folder.Write(name, content);
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest))
            gzip.Write(content);
        return _folder.Write(name, memory.ToArray());
    }
}
