using Hearth.Compute;
using Hearth.Compute.Safetensors;
using Hearth.Federation.Models;
using Hearth.Federation.Updates;

namespace Hearth.Federation.Tests.Updates;

public sealed class UpdateScanTests
{
    private static readonly byte[] Sound = Make.Update(1, 2, 3, 4, 5, 6, 7, 8);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1 << 20)]
    public void Append_InPiecesOfAnyLength_FindsASoundUpdateSound(int piece)
    {
        using var scan = Scan(Sound, piece, Sound.Length);

        Assert.True(scan.IsSound);
        Assert.Equal(Sound.Length, scan.Received);
        Assert.Equal(Make.Digest(Sound), scan.EndDigest());
    }

    [Theory]
    [InlineData(0, float.NaN, 1)]
    [InlineData(3, float.PositiveInfinity, 3)]
    [InlineData(7, float.NegativeInfinity, 7)]
    [InlineData(7, float.NaN, 1 << 20)]
    public void Append_OfAnElementThatIsNoNumber_IsNotSound(int element, float value, int piece)
    {
        float[] values = [1, 2, 3, 4, 5, 6, 7, 8];
        values[element] = value;
        var content = Make.Update(values);

        using var scan = Scan(content, piece, content.Length);

        Assert.False(scan.IsSound);
        Assert.Equal(Make.Digest(content), scan.EndDigest());
    }

    [Fact]
    public void Append_OfOtherContent_IsNotSound()
    {
        byte[] prefix = [255, 255, 255, 255, 255, 255, 255, 127];
        var other = Make.Tensors(("weight", Make.Tensor(TinyFormat.WeightShape, new float[6])), ("bias", Make.Tensor(TensorShape.Of(3), 1, 2, 3)));
        byte[][] contents = [[], [1, 2, 3], [.. prefix, .. Sound], [.. Sound[..8], .. Enumerable.Repeat((byte)'{', Sound.Length - 8)], other];
        foreach (var content in contents)
        {
            using var scan = Scan(content, 5, content.Length);
            Assert.False(scan.IsSound);
        }
    }

    [Fact]
    public void IsSound_OfAPartOrMoreOrAnUnknownLength_IsFalse()
    {
        using var part = Scan(Sound[..^4], 5, Sound.Length);
        using var more = Scan([.. Sound, 0, 0, 0, 0], 5, Sound.Length);
        using var unknown = Scan(Sound, 5, null);
        Assert.False(part.IsSound);
        Assert.False(more.IsSound);
        Assert.False(unknown.IsSound);
    }

    private static UpdateScan Scan(byte[] content, int piece, long? length)
    {
        using var model = new SafetensorsContent(HostBuffer.CopyOf(Sound));
        var scan = new UpdateScan(ModelLayout.Of(model.Header), length);
        foreach (var part in content.Chunk(piece))
            scan.Append(part);
        return scan;
    }
}
