using System.Buffers;
using System.Text.Json;

namespace Hearth.Worker.Functions.V2;

/// <summary>Keeps a <c>data</c> array that came before its type and shape: its elements as JSON text, flat.</summary>
/// <param name="keep">Whether to keep them; false passes them over.</param>
internal sealed class DataCapture(bool keep)
{
    private static readonly JsonReaderOptions Trailing = new() { AllowTrailingCommas = true };

    private readonly ArrayBufferWriter<byte> _text = new();
    private int _depth;

    /// <summary>Keeps tokens, beginning with the array's start, until the array or the reader ends.</summary>
    /// <returns>Whether the array ended.</returns>
    public bool Read(ref Utf8JsonReader reader)
    {
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    if (_depth++ == 0)
                        Keep("["u8);
                    break;
                case JsonTokenType.EndArray:
                    if (--_depth > 0)
                        break;
                    Keep("]"u8);
                    return true;
                case JsonTokenType.String:
                    Keep("\""u8);
                    Keep(reader.ValueSpan);
                    Keep("\","u8);
                    break;
                case JsonTokenType.StartObject or JsonTokenType.EndObject or JsonTokenType.PropertyName:
                    throw V2Exception.BadRequest("data must be an array of numbers, strings or booleans; it has an object.");
                default:
                    Keep(reader.ValueSpan);
                    Keep(","u8);
                    break;
            }
        }
        while (reader.Read());
        return false;
    }

    /// <summary>Reads what was kept.</summary>
    public void Replay(TensorDataReader target)
    {
        var reader = new Utf8JsonReader(_text.WrittenSpan, Trailing);
        if (reader.Read())
            target.Read(ref reader);
    }

    private void Keep(ReadOnlySpan<byte> text)
    {
        if (keep)
            _text.Write(text);
    }
}
