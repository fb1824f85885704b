using System.Text;
using Hearth.Compute.Safetensors;

namespace Hearth.Compute.Tests.Safetensors;

public sealed class SafetensorsWriterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task WriteAsync_RandomTensors_AreReadBack(int seed)
    {
        var random = new Random(seed);
        var types = Enum.GetValues<DataType>().Where(t => t != DataType.Bytes).ToArray();
        var tensors = Enumerable.Range(0, 40).ToDictionary(i => $"läyer \"{i}\"", _ => RandomTensor(types[random.Next(types.Length)], random));
        var metadata = new Dictionary<string, string> { ["codec"] = "None", ["quote\""] = "\n\u20ac" };
        var stream = new MemoryStream();

        await SafetensorsWriter.WriteAsync(stream, tensors, metadata);

        using var content = SafetensorsContent.Read(stream.ToArray());
        Assert.Equal(metadata, content.Header.Metadata);
        Assert.Equal(tensors.Keys.Order(), content.Header.Tensors.Select(t => t.Name).Order());
        Assert.Equal(0, content.Header.DataOffset % 8);
        foreach (var (name, written) in tensors)
        {
            using var read = content.GetTensor(name);
            Assert.Equal((written.Type, written.Shape), (read.Type, read.Shape));
            Assert.Equal(written.Buffer.AsSpan(), read.Buffer.AsSpan());
            Assert.Equal(0, content.Header.Find(name)!.Offset % written.Type.Size());
        }
    }

    [Fact]
    public async Task WriteAsync_SameTensorsInAnotherOrder_GivesTheSameBytes()
    {
        using var a = HostTensor.Allocate(DataType.F32, TensorShape.Of(3));
        using var b = HostTensor.Allocate(DataType.U8, TensorShape.Of(3));
        a.Buffer.AsSpan().Clear();
        b.Buffer.AsSpan().Clear();
        var (first, second) = (new MemoryStream(), new MemoryStream());

        await SafetensorsWriter.WriteAsync(first, new Dictionary<string, HostTensor> { ["a"] = a, ["b"] = b });
        await SafetensorsWriter.WriteAsync(second, new Dictionary<string, HostTensor> { ["b"] = b, ["a"] = a });

        Assert.Equal(first.ToArray(), second.ToArray());
    }

    [Fact]
    public async Task WriteAsync_PieceByPiece_IsTheSameContent()
    {
        var stream = new MemoryStream();
        var writer = new SafetensorsWriter(stream, [("t", DataType.U8, TensorShape.Of(5))]);

        await writer.WriteAsync(new byte[] { 1, 2 });
        await writer.WriteAsync(new byte[] { 3, 4, 5 });
        await writer.CompleteAsync();

        Assert.Equal(stream.Length, writer.Header.ContentLength);
        using var content = SafetensorsContent.Read(stream.ToArray());
        using var tensor = content.GetTensor("t");
        Assert.Equal([1, 2, 3, 4, 5], tensor.Buffer.AsSpan().ToArray());
    }

    [Fact]
    public async Task CompleteAsync_NoTensors_WritesTheHeader()
    {
        var stream = new MemoryStream();

        await new SafetensorsWriter(stream, []).CompleteAsync();

        Assert.Equal("{}      ", Encoding.UTF8.GetString(stream.ToArray().AsSpan(8)));
    }

    [Fact]
    public async Task WriteAsync_MoreThanAnnounced_IsRefused()
    {
        var writer = new SafetensorsWriter(new MemoryStream(), [("t", DataType.U8, TensorShape.Of(5))]);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.WriteAsync(new byte[6]));
    }

    [Fact]
    public async Task CompleteAsync_LessThanAnnounced_IsRefused()
    {
        var writer = new SafetensorsWriter(new MemoryStream(), [("t", DataType.U8, TensorShape.Of(5))]);
        await writer.WriteAsync(new byte[4]);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.CompleteAsync());
    }

    [Theory]
    [InlineData("__metadata__", DataType.U8)]
    [InlineData("text", DataType.Bytes)]
    public void Construct_WhatTheFormatCannotHold_IsRefused(string name, DataType type) =>
        Assert.Contains($"\"{name}\"", Assert.Throws<ArgumentException>(() => new SafetensorsWriter(Stream.Null, [(name, type, TensorShape.Of(1))])).Message, StringComparison.Ordinal);

    [Fact]
    public void Construct_SameNameTwice_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new SafetensorsWriter(Stream.Null, [("t", DataType.U8, TensorShape.Of(1)), ("t", DataType.U8, TensorShape.Of(1))]));

    private static HostTensor RandomTensor(DataType type, Random random)
    {
        var tensor = HostTensor.Allocate(type, TensorShape.Of(random.Next(5), random.Next(5)));
        random.NextBytes(tensor.Buffer.AsSpan());
        return tensor;
    }
}
