using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hearth.Api.Meta;

/// <summary>
/// Reads texts that many objects have in common, such as a namespace or a condition's message, as one string: of ten thousand functions that are cached,
/// nine strings in ten would be copies of a few.
/// </summary>
public sealed class SharedTextConverter : JsonConverter<string>
{
    private const int Slots = 1024;

    // The latest text of each hash. Threads may overwrite each other's: that costs a copy, no more.
    private static readonly string?[] Latest = new string?[Slots];

    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String || reader.HasValueSequence)
            return reader.GetString();
        var hash = default(HashCode);
        hash.AddBytes(reader.ValueSpan);
        ref var latest = ref Latest[(uint)hash.ToHashCode() % Slots];
        return latest is { } text && reader.ValueTextEquals(text) ? text : latest = reader.GetString();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
