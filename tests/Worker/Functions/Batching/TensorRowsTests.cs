using System.Text;
using Hearth.Compute;
using Hearth.Worker.Functions.Batching;

namespace Hearth.Worker.Tests.Functions.Batching;

public sealed class TensorRowsTests
{
    [Fact]
    public void Split_OfJoined_GivesThePartsBack()
    {
        var random = new Random(1);
        HostTensor[] parts = [.. new[] { 3, 0, 1, 4 }.Select(rows =>
        {
            var tensor = HostTensor.Allocate(DataType.I16, TensorShape.Of(rows, 5, 2));
            random.NextBytes(tensor.Buffer.AsSpan());
            return tensor;
        })];

        using var joined = TensorRows.Join(parts);
        var split = TensorRows.Split(joined, [3, 0, 1, 4]);

        Assert.Equal("[8,5,2]", joined.Shape.ToString());
        Assert.All(parts.Zip(split), pair =>
        {
            Assert.Equal(pair.First.Shape, pair.Second.Shape);
            Assert.Equal(pair.First.Buffer.AsSpan().ToArray(), pair.Second.Buffer.AsSpan().ToArray());
        });
    }

    [Fact]
    public void Split_Texts_AreOfAnyLength()
    {
        HostTensor[] parts = [Texts("a", ""), Texts("longer"), Texts("b", "c", "dd")];

        using var joined = TensorRows.Join(parts);
        var split = TensorRows.Split(joined, [2, 1, 3]);

        Assert.Equal("[6]", joined.Shape.ToString());
        Assert.All(parts.Zip(split), pair => Assert.Equal(pair.First.Buffer.AsSpan().ToArray(), pair.Second.Buffer.AsSpan().ToArray()));
    }

    private static HostTensor Texts(params string[] texts)
    {
        byte[] encoded = [.. texts.SelectMany(text => BitConverter.GetBytes(Encoding.UTF8.GetByteCount(text)).Concat(Encoding.UTF8.GetBytes(text)))];
        return new(DataType.Bytes, TensorShape.Of(texts.Length), HostBuffer.CopyOf(encoded));
    }
}
