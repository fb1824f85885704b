using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Hearth.Api.Meta;

/// <summary>Durations as Kubernetes writes them (metav1.Duration, Go's <c>time.Duration</c>): <c>1h30m</c>, <c>90s</c>, <c>3.2ms</c>.</summary>
public sealed partial class KubernetesDurationConverter : JsonConverter<TimeSpan>
{
    /// <summary>What the schema asks of a duration.</summary>
    public const string Pattern = @"^([0-9]+(\.[0-9]+)?(h|ms|us|m|s))+$";

    /// <summary>Reads a duration.</summary>
    /// <exception cref="FormatException">The text is no duration.</exception>
    public static TimeSpan Parse(string text)
    {
        if (!Whole().IsMatch(text))
            throw new FormatException($"\"{text}\" is no duration: write a number with a unit (h, m, s, ms, us), for example \"90s\" or \"1h30m\".");
        var ticks = 0.0;
        foreach (Match part in Part().Matches(text))
        {
            var number = double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            ticks += number * part.Groups[2].Value switch
            {
                "h" => TimeSpan.TicksPerHour,
                "m" => TimeSpan.TicksPerMinute,
                "s" => TimeSpan.TicksPerSecond,
                "ms" => TimeSpan.TicksPerMillisecond,
                _ => TimeSpan.TicksPerMicrosecond,
            };
        }
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

    [GeneratedRegex(Pattern)]
    private static partial Regex Whole();

    [GeneratedRegex(@"([0-9]+(?:\.[0-9]+)?)(h|ms|us|m|s)")]
    private static partial Regex Part();
}
