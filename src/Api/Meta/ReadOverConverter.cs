using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hearth.Api.Meta;

/// <summary>Reads over a value without keeping it.</summary>
public sealed class ReadOverConverter : JsonConverter<object?>
{
    /// <inheritdoc/>
    public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        reader.Skip();
        return null;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, object? value, JsonSerializerOptions options) => writer.WriteNullValue();
}
