using System.Text;
using Hearth.Api.Workers;
using Hearth.Gateway.Forwarding;

namespace Hearth.Gateway.Tests.Forwarding;

/// <summary>What of a worker's head is understood, and what is refused.</summary>
public sealed class AnswerHeadTests
{
    private const string Usual = "HTTP/1.1 200 OK\r\nServer: s\r\nContent-Type: application/json\r\nX-One: a\r\nX-One: b\r\nContent-Length: 12\r\n\r\n";

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, "Length", true)]
    [InlineData("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, "Length", true)]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 5\n\n", 200, "Length", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", 200, "Length", true)]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding:chunked\r\n\r\n", 200, "Chunked", true)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 5\r\n\r\n", 200, "Length", false)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", 200, "UntilClose", false)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", 200, "Length", false)]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\n", 200, "Length", true)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", 204, "None", true)]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, "None", true)]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", 103, "None", true)]
    [InlineData("HTTP/1.1 599 caf\u00e9\r\nContent-Length: 5\r\nEmpty:\r\n\r\n", 599, "Length", true)]
    public void TryRead_ValidHead_SaysWhereTheBodyEnds(string text, int status, string framing, bool keeps)
    {
        var head = new AnswerHead();

        Assert.True(head.TryRead(RawWorker.Bytes(text + "HTTP/1.1 500 next"), false, out var length));

        Assert.Equal((text.Length, status, framing, keeps), (length, head.Status, head.Framing.ToString(), head.KeepsConnection));
    }

    [Theory]
    [InlineData("\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 099 OK\r\n\r\n")]
    [InlineData("HTTP/1.1  200 OK\r\n\r\n")]
    [InlineData("HTTP/2.0 200 OK\r\n\r\n")]
    [InlineData("http/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 O\rK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Folded: a\r\n b\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n: 5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nNo colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\rContent-Length: 5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n")]
    public void TryRead_HeadThatCanBeReadInTwoWays_IsRefused(string text) =>
        Assert.Throws<InvalidDataException>(() => new AnswerHead().TryRead(RawWorker.Bytes(text), false, out _));

    [Fact]
    public void TryRead_AnyPrefix_WaitsForTheRest()
    {
        var bytes = RawWorker.Bytes(Usual);
        var head = new AnswerHead();

        for (var length = 0; length < bytes.Length; length++)
            Assert.False(head.TryRead(bytes.AsSpan(0, length), false, out _));

        Assert.True(head.TryRead(bytes, false, out _));
    }

    [Fact]
    public void TryRead_OneHeadAfterAnother_NothingOfTheFirstStays()
    {
        var head = new AnswerHead();

        Assert.True(head.TryRead(RawWorker.Bytes("HTTP/1.1 503 Busy\r\nHearth-Refused: draining\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), false, out _));
        Assert.Equal(RefusalReason.Draining, head.Refusal);
        Assert.True(head.TryRead(RawWorker.Bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), false, out _));

        Assert.Null(head.Refusal);
        Assert.Null(head.ContentLength);
        Assert.True(head.KeepsConnection);
        Assert.Equal(AnswerFraming.Chunked, head.Framing);
    }

    [Fact]
    public void TryRead_RefusalWithAnotherStatus_IsNone()
    {
        var head = new AnswerHead();

        Assert.True(head.TryRead(RawWorker.Bytes("HTTP/1.1 200 OK\r\nHearth-Refused: draining\r\nContent-Length: 0\r\n\r\n"), false, out _));

        Assert.Null(head.Refusal);
    }

    [Fact]
    public void TryRead_RandomDamage_IsReadOrRefusedAndNothingElse()
    {
        var random = new Random(7);
        var head = new AnswerHead();
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = RawWorker.Bytes(Usual);
            for (var damage = random.Next(1, 6); damage > 0; damage--)
                bytes[random.Next(bytes.Length)] = (byte)(random.Next(3) == 0 ? "\r\n:, \t0"[random.Next(7)] : random.Next(256));
            try
            {
                if (head.TryRead(bytes, random.Next(2) == 0, out var length))
                    Assert.InRange(length, 1, bytes.Length);
            }
            catch (InvalidDataException)
            {
            }
        }
        // Damage leaves nothing behind that the next head would take over.
        Assert.True(head.TryRead(RawWorker.Bytes(Usual), false, out _));
        Assert.Equal((200, 12L), (head.Status, head.ContentLength));
    }
}
