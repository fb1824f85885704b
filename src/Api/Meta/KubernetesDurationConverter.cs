using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hearth.Api.Meta;

/// <summary>Durations as Kubernetes writes them (metav1.Duration, Go's <c>time.Duration</c>): <c>1h30m</c>, <c>90s</c>, <c>3.2ms</c>.</summary>
public sealed class KubernetesDurationConverter : JsonConverter<TimeSpan>
{
    /// <summary>What the schema asks of a duration.</summary>
    public const string Pattern = @"^([0-9]+(\.[0-9]+)?(h|ms|us|m|s))+$";

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <summary>Reads a duration.</summary>
    /// <exception cref="FormatException">The text is no duration.</exception>
    public static TimeSpan Parse(string text)
    {
        var rest = text.AsSpan();
        var ticks = 0.0;
        do
        {
            if (!TryTake(ref rest, ref ticks))
                throw new FormatException($"\"{text}\" is no duration: write a number with a unit (h, m, s, ms, us), for example \"90s\" or \"1h30m\".");
        }
        while (rest.Length > 0);
        return ticks < TimeSpan.MaxValue.Ticks
            ? TimeSpan.FromTicks((long)Math.Round(ticks))
            : throw new FormatException($"\"{text}\" is longer than {TimeSpan.MaxValue.Days} days.");
    }

    /// <summary>Writes a duration in the largest units that keep it exact to the microsecond.</summary>
    public static string Format(TimeSpan value)
    {
        if (value < TimeSpan.FromSeconds(1))
            return string.Create(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds:0.###}ms");
        var hours = (long)value.TotalHours;
        var seconds = value.TotalSeconds - (hours * 3600) - (value.Minutes * 60);
        var text = "";
        if (hours > 0) text += string.Create(CultureInfo.InvariantCulture, $"{hours}h");
        if (value.Minutes > 0) text += string.Create(CultureInfo.InvariantCulture, $"{value.Minutes}m");
        return seconds > 0 || text.Length == 0 ? text + string.Create(CultureInfo.InvariantCulture, $"{seconds:0.######}s") : text;
    }

    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.GetString() ?? "";
        try
        {
            return Parse(text);
        }
        catch (FormatException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(Format(value));

    /// <summary>Takes one number and its unit off the text.</summary>
    private static bool TryTake(ref ReadOnlySpan<char> rest, ref double ticks)
    {
        var length = rest.IndexOfAnyExcept(Digits);
        if (length <= 0)
            return false;
        var number = rest[..length];
        var unit = rest[length..];
        var (size, letters) = unit switch
        {
            ['m', 's', ..] => (TimeSpan.TicksPerMillisecond, 2),
            ['u', 's', ..] => (TimeSpan.TicksPerMicrosecond, 2),
            ['h', ..] => (TimeSpan.TicksPerHour, 1),
            ['m', ..] => (TimeSpan.TicksPerMinute, 1),
            ['s', ..] => (TimeSpan.TicksPerSecond, 1),
            _ => (0, 0),
        };
        if (letters == 0 || number[0] == '.' || number[^1] == '.' || number.Count('.') > 1)
            return false;
        ticks += double.Parse(number, CultureInfo.InvariantCulture) * size;
        rest = unit[letters..];
        return true;
    }
}
