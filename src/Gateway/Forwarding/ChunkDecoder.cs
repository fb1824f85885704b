using System.Globalization;

namespace Hearth.Gateway.Forwarding;

/// <summary>Takes a body out of its chunks (RFC 9112, section 7.1), piece by piece as it arrives.</summary>
internal struct ChunkDecoder
{
    /// <summary>Bytes that a chunk's length, its extensions or one trailer may have.</summary>
    public const int MaxLine = 4 * 1024;

    private const int MaxTrailers = 100;

    private State _state;
    private long _left;

    private enum State
    {
        Length,
        Data,
        DataEnd,
        Trailers,
        Done,
    }

    /// <summary>Whether the whole body was read.</summary>
    public readonly bool IsDone => _state == State.Done;

    /// <summary>Trailers so far; null when there were none.</summary>
    public List<HeaderLine>? Trailers { get; private set; }

    /// <summary>Reads on. False when nothing more can be read until more arrives, or at the end.</summary>
    /// <param name="received">What was received and not consumed.</param>
    /// <param name="consumed">Bytes to consume.</param>
    /// <param name="data">Those of them that are the body's.</param>
    /// <exception cref="InvalidDataException">It breaks HTTP's rules.</exception>
    public bool TryRead(ReadOnlySpan<byte> received, out int consumed, out ReadOnlySpan<byte> data)
    {
        data = default;
        consumed = 0;
        switch (_state)
        {
            case State.Data:
                data = received[..(int)Math.Min(_left, received.Length)];
                consumed = data.Length;
                _left -= consumed;
                if (_left == 0)
                    _state = State.DataEnd;
                return consumed > 0;
            case State.DataEnd:
                if (received.Length < 2)
                    return false;
                if (!received.StartsWith("\r\n"u8))
                    throw new InvalidDataException("a chunk is longer than it says");
                consumed = 2;
                _state = State.Length;
                return true;
            case State.Length when TryTakeLine(received, out var line, out consumed):
                _left = ReadLength(line);
                _state = _left == 0 ? State.Trailers : State.Data;
                return true;
            case State.Trailers when TryTakeLine(received, out var line, out consumed):
                ReadTrailer(line);
                return true;
            default:
                return false;
        }
    }

    // Strict about the ends of lines: where proxies differ about them, one can be made to see another answer than the next.
    private static bool TryTakeLine(ReadOnlySpan<byte> received, out ReadOnlySpan<byte> line, out int consumed)
    {
        var end = received.IndexOf((byte)'\n');
        line = default;
        consumed = end + 1;
        if (end < 0 ? received.Length > MaxLine : end > MaxLine)
            throw new InvalidDataException($"a chunk's length, its extensions or a trailer are over {MaxLine} bytes");
        if (end < 0)
            return false;
        if (end == 0 || received[end - 1] != '\r')
            throw new InvalidDataException("a line between chunks does not end in CR LF");
        line = received[..(end - 1)];
        return true;
    }

    private static long ReadLength(ReadOnlySpan<byte> line)
    {
        var extensions = line.IndexOfAny(";\t "u8);
        var digits = extensions < 0 ? line : line[..extensions];
        return !digits.IsEmpty && digits.Length <= 15
            && !line.Contains((byte)'\r')
            && long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var length)
            ? length
            : throw new InvalidDataException("a chunk has no length: expected hexadecimal digits");
    }

    private void ReadTrailer(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            _state = State.Done;
            return;
        }
        Trailers ??= [];
        if (Trailers.Count == MaxTrailers)
            throw new InvalidDataException($"the answer has over {MaxTrailers} trailers");
        Trailers.Add(HeaderLine.Parse(line));
    }
}
