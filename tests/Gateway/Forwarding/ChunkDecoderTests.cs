using System.Globalization;
using System.Text;
using Hearth.Gateway.Forwarding;

namespace Hearth.Gateway.Tests.Forwarding;

/// <summary>Chunks however they are cut, and what is no chunk.</summary>
public sealed class ChunkDecoderTests
{
    [Fact]
    public void TryRead_AnyChunksCutAnyhow_GiveTheBody()
    {
        var random = new Random(3);
        for (var round = 0; round < 500; round++)
        {
            var body = new byte[random.Next(0, 3000)];
            random.NextBytes(body);
            var (decoded, trailers, left) = Decode([.. Encode(body, random), .. "next"u8], random);

            Assert.Equal(body, decoded);
            Assert.Equal("next", Encoding.ASCII.GetString(left));
            Assert.Equal(["X-Sum: 1"], trailers.Select(trailer => $"{trailer.Name}: {trailer.Value}"));
        }
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData(";x\r\n")]
    [InlineData("g\r\n")]
    [InlineData(" 5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("0x5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("+5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("-5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("5\nhello\r\n0\r\n\r\n")]
    [InlineData("5\r\nhello0\r\n\r\n")]
    [InlineData("5\r\nhello\n0\r\n\r\n")]
    [InlineData("5\rx\r\nhello\r\n0\r\n\r\n")]
    [InlineData("ffffffffffffffff\r\nhello")]
    [InlineData("0\r\nbad trailer\r\n\r\n")]
    [InlineData("0\r\nX: 1\n\n")]
    public void TryRead_WhatIsNoChunk_IsRefused(string text) =>
        Assert.Throws<InvalidDataException>(() => Decode(RawWorker.Bytes(text), null));

    [Fact]
    public void TryRead_LineWithoutEnd_IsRefused() =>
        Assert.Throws<InvalidDataException>(() => Decode(RawWorker.Bytes("5;" + new string('x', ChunkDecoder.MaxLine)), null));

    [Fact]
    public void TryRead_TrailersWithoutEnd_AreRefused() =>
        Assert.Throws<InvalidDataException>(() => Decode(RawWorker.Bytes("0\r\n" + string.Concat(Enumerable.Repeat("X: 1\r\n", 1000))), null));

    [Fact]
    public void TryRead_RandomDamage_IsReadOrRefusedAndNothingElse()
    {
        var random = new Random(11);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Encode(new byte[random.Next(1, 60)], random);
            for (var damage = random.Next(1, 4); damage > 0; damage--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                var (decoded, _, _) = Decode(bytes, random);
                Assert.InRange(decoded.Length, 0, bytes.Length);
            }
            catch (InvalidDataException)
            {
            }
        }
    }

    private static byte[] Encode(byte[] body, Random random)
    {
        using var encoded = new MemoryStream();
        for (var start = 0; start < body.Length;)
        {
            var size = random.Next(1, Math.Min(body.Length - start, 700) + 1);
            var extension = random.Next(3) == 0 ? ";name=\"value\"" : "";
            encoded.Write(RawWorker.Bytes(size.ToString(random.Next(2) == 0 ? "x" : "X4", CultureInfo.InvariantCulture) + extension + "\r\n"));
            encoded.Write(body, start, size);
            encoded.Write("\r\n"u8);
            start += size;
        }
        encoded.Write("0\r\nX-Sum: 1\r\n\r\n"u8);
        return encoded.ToArray();
    }

    /// <summary>Feeds the bytes in parts of random length, as a socket may.</summary>
    private static (byte[] Body, IReadOnlyList<HeaderLine> Trailers, byte[] Left) Decode(byte[] bytes, Random? random)
    {
        var decoder = new ChunkDecoder();
        using var body = new MemoryStream();
        var (start, end) = (0, 0);
        while (!decoder.IsDone && end < bytes.Length)
        {
            end = Math.Min(bytes.Length, end + (random?.Next(1, 100) ?? bytes.Length));
            while (decoder.TryRead(bytes.AsSpan(start, end - start), out var consumed, out var data))
            {
                body.Write(data);
                start += consumed;
            }
        }
        return (body.ToArray(), decoder.Trailers ?? [], bytes[start..]);
    }
}
