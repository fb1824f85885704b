using System.Buffers;
using System.Text;
using Hearth.Api;

namespace Hearth.Gateway.Forwarding;

/// <summary>One header of an answer, as its line and as what it means.</summary>
/// <param name="Raw">The line without its end.</param>
/// <param name="Name">The name.</param>
/// <param name="Value">The value without the white space around it, in Latin-1.</param>
/// <param name="Field">Which header it is.</param>
internal sealed record HeaderLine(byte[] Raw, string Name, string Value, AnswerField Field)
{
    // RFC 9110, sections 5.1 and 5.6.2.
    private static readonly SearchValues<byte> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    // RFC 9110, section 5.5: control characters other than the tabulator.
    private static readonly SearchValues<byte> Forbidden = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);

    /// <summary>Reads a line.</summary>
    /// <exception cref="InvalidDataException">It is no header.</exception>
    public static HeaderLine Parse(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        // A line that begins with white space is the old form of folding, which a proxy may refuse (RFC 9112, section 5.2).
        if (colon <= 0 || line[..colon].ContainsAnyExcept(Token))
            throw new InvalidDataException("a line of the head is no header: expected a name and a colon");
        var value = line[(colon + 1)..].Trim(" \t"u8);
        if (value.ContainsAny(Forbidden))
            throw new InvalidDataException($"header \"{Encoding.Latin1.GetString(line[..colon])}\" has control characters in its value");
        var name = Encoding.Latin1.GetString(line[..colon]);
        return new(line.ToArray(), name, Encoding.Latin1.GetString(value), FieldOf(name));
    }

    private static AnswerField FieldOf(string name) => name.ToLowerInvariant() switch
    {
        "content-length" => AnswerField.ContentLength,
        "transfer-encoding" => AnswerField.TransferEncoding,
        "connection" => AnswerField.Connection,
        "upgrade" => AnswerField.Upgrade,
        _ when name.Equals(HearthHeaders.Refused, StringComparison.OrdinalIgnoreCase) => AnswerField.Refused,
        _ => HopByHop.Contains(name, default) ? AnswerField.HopByHop : AnswerField.Other,
    };
}
