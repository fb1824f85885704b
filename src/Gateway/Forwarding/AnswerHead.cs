using System.Globalization;
using System.Net;
using System.Text;
using Hearth.Api.Workers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Hearth.Gateway.Forwarding;

/// <summary>Head of a worker's answer over HTTP/1.1 (RFC 9112): status, headers, and where the body ends. Stays with its connection.</summary>
/// <remarks>
/// A worker's answers differ little in their heads. A line equal to that of the answer before is taken over as it was parsed, so a usual head
/// allocates nothing. What two readers could understand differently is refused: two lengths, a length beside chunks, codings other than chunks.
/// </remarks>
internal sealed class AnswerHead
{
    /// <summary>Bytes that a head may have, as many as <c>SocketsHttpHandler</c> is set to for HTTP/2.</summary>
    public const int MaxSize = 64 * 1024;

    private readonly List<HeaderLine> _lines = [];
    private byte[] _statusLine = [];
    private string? _reason;
    private bool _isHttp11;

    /// <summary>The status.</summary>
    public int Status { get; private set; }

    /// <summary>Where the body ends.</summary>
    public AnswerFraming Framing { get; private set; }

    /// <summary>What Content-Length says; null when it is absent.</summary>
    public long? ContentLength { get; private set; }

    /// <summary>Whether the worker keeps the connection after this answer.</summary>
    public bool KeepsConnection { get; private set; }

    /// <summary>Why the worker did not start the request; null when it did.</summary>
    public RefusalReason? Refusal { get; private set; }

    private string Connection { get; set; } = "";

    private string? Upgrade { get; set; }

    /// <summary>Reads a head from the start of what was received. False when it is not whole.</summary>
    /// <param name="received">What was received.</param>
    /// <param name="isHead">Whether the request was a HEAD, whose answer has no body.</param>
    /// <param name="length">Bytes of the head.</param>
    /// <exception cref="InvalidDataException">It breaks HTTP's rules.</exception>
    public bool TryRead(ReadOnlySpan<byte> received, bool isHead, out int length)
    {
        length = EndOf(received);
        if (length < 0)
            return false;
        var left = received[..length];
        ReadStatusLine(TakeLine(ref left));
        Reset();
        var count = 0;
        for (var line = TakeLine(ref left); !line.IsEmpty; line = TakeLine(ref left))
            ReadLine(line, count++);
        if (count < _lines.Count)
            _lines.RemoveRange(count, _lines.Count - count);
        Conclude(isHead);
        return true;
    }

    /// <summary>Status and headers for the caller, without those of the connection.</summary>
    public void CopyTo(HttpResponse to)
    {
        to.StatusCode = Status;
        to.HttpContext.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = _reason;
        var headers = to.Headers;
        foreach (var line in _lines)
        {
            if (line.Field is AnswerField.Other or AnswerField.Refused && !(Connection.Length > 0 && HopByHop.HasToken(Connection, line.Name)))
                headers[line.Name] = headers.TryGetValue(line.Name, out var before) ? StringValues.Concat(before, line.Value) : line.Value;
        }
        // RFC 9110, section 8.6: these have none.
        if (ContentLength is { } bytes && Status is >= 200 and not (int)HttpStatusCode.NoContent)
            headers.ContentLength = bytes;
        // The server says "Connection: Upgrade" itself, but not to what.
        if (Status == StatusCodes.Status101SwitchingProtocols)
            headers.Upgrade = Upgrade;
    }

    /// <summary>Bytes of the head that <paramref name="received"/> begins with, -1 when it is not whole.</summary>
    private static int EndOf(ReadOnlySpan<byte> received)
    {
        var strict = received.IndexOf("\r\n\r\n"u8);
        // Lines may end in LF alone (RFC 9112, section 2.2), but the empty line may not come later than where others see it.
        var head = strict < 0 ? received : received[..strict];
        var bare = head.IndexOf("\n\n"u8);
        var mixed = head.IndexOf("\n\r\n"u8);
        if (bare >= 0 && (mixed < 0 || bare < mixed))
            return bare + 2;
        if (mixed >= 0)
            return mixed + 3;
        return strict < 0 ? -1 : strict + 4;
    }

    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> left)
    {
        var end = left.IndexOf((byte)'\n');
        var line = left[..end];
        left = left[(end + 1)..];
        return line is [.., (byte)'\r'] ? line[..^1] : line;
    }

    private void Reset()
    {
        ContentLength = null;
        Refusal = null;
        Connection = "";
        Upgrade = null;
        Framing = AnswerFraming.UntilClose;
    }

    private void ReadStatusLine(ReadOnlySpan<byte> line)
    {
        if (!line.IsEmpty && _statusLine.AsSpan().SequenceEqual(line))
            return;
        var isHttp11 = line.StartsWith("HTTP/1.1 "u8);
        if (line.Length < 12 || !(isHttp11 || line.StartsWith("HTTP/1.0 "u8)) || (line.Length > 12 && line[12] != ' ')
            || line[9..12].ContainsAnyExceptInRange((byte)'0', (byte)'9') || line[9] == '0')
            throw new InvalidDataException("the answer begins with no status line: expected HTTP/1.1 and a status");
        var reason = line.Length > 13 ? line[13..] : default;
        if (reason.ContainsAnyInRange((byte)0, (byte)8) || reason.ContainsAnyInRange((byte)10, (byte)31))
            throw new InvalidDataException("the status line has control characters");
        Status = ((line[9] - '0') * 100) + ((line[10] - '0') * 10) + (line[11] - '0');
        _reason = Encoding.Latin1.GetString(reason);
        _isHttp11 = isHttp11;
        _statusLine = line.ToArray();
    }

    private void ReadLine(ReadOnlySpan<byte> raw, int index)
    {
        if (index == _lines.Count)
            _lines.Add(HeaderLine.Parse(raw));
        else if (!_lines[index].Raw.AsSpan().SequenceEqual(raw))
            _lines[index] = HeaderLine.Parse(raw);
        var line = _lines[index];
        switch (line.Field)
        {
            case AnswerField.ContentLength:
                ReadLength(line.Value);
                break;
            case AnswerField.TransferEncoding:
                if (Framing == AnswerFraming.Chunked || !_isHttp11 || !line.Value.Equals("chunked", StringComparison.OrdinalIgnoreCase))
                    throw new InvalidDataException($"Transfer-Encoding is \"{line.Value}\": expected \"chunked\", once, and over HTTP/1.1");
                Framing = AnswerFraming.Chunked;
                break;
            case AnswerField.Connection:
                Connection = Connection.Length == 0 ? line.Value : $"{Connection},{line.Value}";
                break;
            case AnswerField.Upgrade:
                Upgrade = line.Value;
                break;
            case AnswerField.Refused:
                Refusal = Enum.TryParse<RefusalReason>(line.Value, ignoreCase: true, out var reason) ? reason : null;
                break;
            default:
                break;
        }
    }

    private void ReadLength(string value)
    {
        if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || (ContentLength is { } before && before != length))
            throw new InvalidDataException($"Content-Length is \"{value}\": expected one number");
        ContentLength = length;
    }

    private void Conclude(bool isHead)
    {
        var isChunked = Framing == AnswerFraming.Chunked;
        if (isChunked && ContentLength is not null)
            throw new InvalidDataException("the answer has both Transfer-Encoding and Content-Length");
        KeepsConnection = _isHttp11 ? !HopByHop.HasToken(Connection, "close") : HopByHop.HasToken(Connection, "keep-alive");
        if (isHead || Status is < 200 or (int)HttpStatusCode.NoContent or (int)HttpStatusCode.NotModified)
            Framing = AnswerFraming.None;
        else if (ContentLength is not null)
            Framing = AnswerFraming.Length;
        KeepsConnection &= Framing != AnswerFraming.UntilClose;
        if (Status != (int)HttpStatusCode.ServiceUnavailable)
            Refusal = null;
    }
}
